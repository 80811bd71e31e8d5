"""What every test stands on: a pinned git environment, an empty home, a terminal of one width."""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import pytest

from tests.build import PINNED, Repo, protocol

PACES = "auditor.forges.pace"
STRAYS = ("XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME", "GIT_DIR", "GIT_WORK_TREE", "NO_COLOR")


def pytest_configure() -> None:
    """Shells start what runs in the background with interrupts ignored, and programs that it starts inherit that."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True)
def _pinned(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody's own git configuration, home, colours or width changes what a test sees."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    for name, value in {**PINNED, "HOME": str(home), "COLUMNS": "120"}.items():
        monkeypatch.setenv(name, value)
    for name in STRAYS:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(autouse=True)
def _no_host_is_known() -> None:
    """A port that another test's server had, and that wanted quiet, is another server's now."""
    if PACES in sys.modules:
        sys.modules[PACES]._PACES.clear()


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """A repository by the protocol, with dev beside main."""
    return protocol(tmp_path / "shop", branches=("dev",))
