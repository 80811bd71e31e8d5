# `make` lists what there is. Everything runs in .venv, made from pyproject.toml.
PYTHON ?= python3
VENV := .venv
STAMP := $(VENV)/.made
BIN := $(VENV)/bin
DEMO := .demo

KILLS ?= 500
RACES ?= 200
SEED ?= 1
COUNT ?= 100

.PHONY: help demo test kills races full-disk lint bench prove prove-plan sabotage axe screenshots clean

help:
	@echo "make demo   build demonstration repositories, audit them, leave an HTML report"
	@echo "make test   run the tests"
	@echo "make lint   ruff and mypy"
	@echo "make bench  time the audit against the loop a user would write (REPO=path MAIN=name BRANCHES='a b' for a real one)"
	@echo "            and the nights of a fleet of 1,000 mirrored repositories"
	@echo "make prove  run every check command of a scan with plain git (REPO=path MAIN=name BRANCHES='a b')"
	@echo "make prove-plan  make every planned back-merge again by plain git (REPO=path MAIN=name BRANCHES='a b=main~200')"
	@echo "make sabotage  take parts of real fixes out of small branches, COUNT cases (100) from SEED (1), and count where an"
	@echo "            audit does not see it (REPO=path MAIN=name)"
	@echo "make kills  kill KILLS runs (500) while they write the ledger, and look at what is left"
	@echo "make full-disk  record runs on a disk with ever more room left (as root, on Linux: it mounts one in memory)"
	@echo "make races  RACES random schedules (200) of two to eight runners that race with one another at a forge"
	@echo "make axe    fetch axe-core, which the browser tests ask whether the report is accessible"
	@echo "make screenshots  make the pictures of the README from the demonstration"
	@echo "make clean  remove the virtual environment and what was generated"

$(STAMP): pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/pip install --quiet --disable-pip-version-check --editable '.[test]'
	@touch $(STAMP)

demo: $(STAMP)
	@rm -rf $(DEMO)/fleet $(DEMO)/report && mkdir -p $(DEMO)
	@$(BIN)/python -m tests.demo $(DEMO)
	@status=0; $(BIN)/branch-drift scan -c $(DEMO)/branch-drift.yaml --report-dir $(DEMO)/report --quiet || status=$$?; \
	case $$status in 0|1) ;; *) exit $$status;; esac
	@echo "report: $(CURDIR)/$(DEMO)/report/index.html"

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(STAMP)
	$(BIN)/python -m tests.bench $(DEMO)/bench "$(REPO)" "$(MAIN)" "$(BRANCHES)"

prove: $(STAMP)
	$(BIN)/python -m tests.bench.prove $(DEMO)/prove "$(REPO)" "$(MAIN)" "$(BRANCHES)"

prove-plan: $(STAMP)
	$(BIN)/python -m tests.bench.prove_plan $(DEMO)/prove-plan "$(REPO)" "$(MAIN)" "$(BRANCHES)"

sabotage: $(STAMP)
	$(BIN)/python -m tests.bench.sabotage "$(REPO)" "$(MAIN)" --seed $(SEED) --count $(COUNT) --keep $(DEMO)/sabotage

kills: $(STAMP)
	$(BIN)/python -m tests.kills $(KILLS)

full-disk: $(STAMP)
	$(BIN)/python -m tests.full_disk
races: $(STAMP)
	$(BIN)/python -m tests.races $(RACES)

axe:
	npm install --silent --no-save --no-package-lock --no-audit --no-fund --ignore-scripts --prefix $(DEMO)/axe axe-core@4.14.1

screenshots: $(STAMP)
	$(BIN)/python -m tests.screenshots reports/screenshots

clean:
	rm -rf $(VENV) $(DEMO) dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
