"""Audits as text: what is packed, kept and written again is what was found."""

from __future__ import annotations

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from auditor import audit, packing
from auditor.config.configuration import RepositoryConfig
from auditor.errors import BranchDriftError
from auditor.fleet import cache
from auditor.git.source import Local
from auditor.ledger import read, rows
from auditor.ledger.database import open_ledger
from auditor.model import RepositoryAudit, Status
from auditor.output import FORMATS, render
from auditor.packed import Packed, Tally, tally
from tests.build import hotfix, protocol
from tests.ledgers import record, whole

pytest_plugins = ("tests.ledger_fixtures",)


def packed(found: RepositoryAudit) -> Packed:
    assert isinstance(found.hotfixes, Packed)
    return found.hotfixes


def untouched(found: RepositoryAudit) -> bool:
    """Whether nobody looked into the hotfixes."""
    return "values" not in vars(packed(found))


@pytest.fixture
def odd(shop: RepositoryAudit) -> RepositoryAudit:
    """Text that tempts a writer, and a time that no database holds."""
    first, *others = shop.hotfixes
    message = '"hotfixes":[] \\ \n   "hotfixes": [] \x7f \x1f \u2028 \u202e é \U0001f600 </script>'
    return replace(shop, source=message, hotfixes=(replace(first, message=message, tagged_at=2**70), *others))


def test_canonical_text_has_sorted_keys_and_no_spaces(odd: RepositoryAudit) -> None:
    values = TypeAdapter(RepositoryAudit).dump_python(odd, mode="json")
    assert packing.canonical(odd) == rows.canonical(values)
    for document in (True, False):
        assert packing.canonical(packing.pack(odd, document=document)) == packing.canonical(odd)


@pytest.mark.parametrize("document", [True, False])
def test_what_is_packed_is_what_it_was(odd: RepositoryAudit, *, document: bool) -> None:
    sent: RepositoryAudit = pickle.loads(pickle.dumps(packing.pack(odd, document=document)))
    assert (len(sent.hotfixes), sent.tally, sent.verdict) == (len(odd.hotfixes), odd.tally, odd.verdict)
    assert (packed(sent).document is not None) == document
    assert untouched(sent)
    assert sent == odd
    assert odd == sent
    assert hash(sent) == hash(odd)
    assert sent.hotfixes[0] == odd.hotfixes[0]
    assert sent.hotfixes[1:] == odd.hotfixes[1:]
    assert list(reversed(sent.hotfixes)) == list(reversed(odd.hotfixes))
    for form in FORMATS:
        assert render(form, whole(sent)) == render(form, whole(odd))


def test_pairs_are_counted(shop: RepositoryAudit) -> None:
    assert tally(()) == Tally({}, incomplete=False)
    first = shop.hotfixes[0]
    verdicts = tuple(replace(v, status=Status.UNKNOWN) for v in first.verdicts)
    found = packing.pack(replace(shop, hotfixes=(replace(first, verdicts=verdicts),)), document=False)
    assert found.tally == Tally({"unknown": len(verdicts)}, incomplete=True)
    assert found.incomplete
    assert not found.drifts


def test_what_is_changed_after_packing_is_written(shop: RepositoryAudit) -> None:
    sent = packing.pack(shop, document=True)
    changed = tuple(replace(h, message="changed since") for h in sent.hotfixes)
    for one in (replace(sent, hotfixes=changed), packing.pack(replace(sent, hotfixes=changed), document=True)):
        assert render("json", whole(one)) == render("json", whole(replace(shop, hotfixes=changed)))
        assert packing.canonical(one).count(b"changed since") == len(changed)


def test_text_that_is_no_unicode_is_not_packed(shop: RepositoryAudit) -> None:
    bad = replace(shop, hotfixes=(replace(shop.hotfixes[0], message="\ud800"),))
    assert packing.pack(bad, document=True) is bad
    with pytest.raises(packing.Unwritable):
        packing.canonical(bad)


def test_a_night_without_news_looks_into_nothing(shop: RepositoryAudit, tmp_path: Path) -> None:
    ledger = open_ledger(str(tmp_path / "ledger.sqlite"), create=True)
    record(ledger, shop)
    sent = packing.pack(shop, document=True)
    head = record(ledger, sent)
    render("json", whole(sent))
    assert untouched(sent)
    assert read.audit(ledger, head.run) == whole(shop)


def test_a_damaged_memory_is_as_good_as_none(tmp_path: Path) -> None:
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    config, source = RepositoryConfig(name="shop", path=repo.path), Local(repo.path)
    cold = audit.find(config, source)
    assert cache.find(config, source, tmp_path) == cold
    (file,) = (tmp_path / "cache").iterdir()
    good = file.read_bytes()
    assert untouched(cache.find(config, source, tmp_path))
    assert b'"missing"' in good
    longer, turned = good + b" ", good.replace(b'"missing"', b'"present"')
    for bad in (b"", b"\n", good[:-1], good[: len(good) // 2], longer, turned, b"x" + good, good.split(b"\n")[0]):
        file.write_bytes(bad)
        assert cache.find(config, source, tmp_path) == cold
        assert file.read_bytes() == good


def test_a_forged_memory_is_an_error_in_words(tmp_path: Path) -> None:
    """Who can write there can make the hash right, too. It runs nothing, and shows no traceback."""
    repo = protocol(tmp_path / "shop")
    hotfix(repo)
    config, source = RepositoryConfig(name="shop", path=repo.path), Local(repo.path)
    cache.find(config, source, tmp_path)
    (file,) = (tmp_path / "cache").iterdir()
    head, tally_, _, document = file.read_bytes().partition(b"\n")[2].split(b"\n", 3)
    rest = b"\n".join((head, tally_, b'[{"tag": 1}]', document))
    file.write_bytes(hashlib.sha256(rest).hexdigest().encode() + b"\n" + rest)
    forged = cache.find(config, source, tmp_path)
    with pytest.raises(BranchDriftError, match="remove the folder cache of the state folder"):
        list(forged.pairs())
