"""Ledgers to test with, in both databases."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text

from auditor.ledger.database import Database, open_ledger
from auditor.model import RepositoryAudit
from tests import postgresql
from tests.build import back_merge, hotfix, protocol
from tests.judged import audit

_NUMBERS = itertools.count()


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    with postgresql.server() as address:
        yield address


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an empty ledger may be made, in either database."""
    if request.param == "sqlite":
        return str(tmp_path / "ledger.sqlite")
    address: str = request.getfixturevalue("postgresql_server")
    name = f"t{os.getpid()}_{next(_NUMBERS)}"
    engine = create_engine(address.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return address.replace("/postgres?", f"/{name}?")


@pytest.fixture
def ledger(url: str) -> Database:
    return open_ledger(url, create=True)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RepositoryAudit:
    """A repository with every kind of thing in its audit: drift, a waiver, a violation, an excluded tag."""
    repo = protocol(tmp_path_factory.mktemp("ledgers") / "shop")
    hotfix(repo)
    back_merge(repo, "main", "dev", "qa")
    hotfix(repo, "two", "v2.3.2", {"two.txt": "2\n"}, annotated=False)
    waiver = {"tag": "v2.3.2", "branch": "ppd", "reason": "r", "approved_by": "b", "expires": "2099-01-01"}
    return replace(audit(repo, waivers=[waiver], branches=["dev", "qa", {"name": "ppd", "sla": "2d"}]), name="shop")
