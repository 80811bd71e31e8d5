"""What an operator starts from: the files under config/, and the commands that they and the handbooks name."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from auditor.cli import cli

ROOT = Path(__file__).parent.parent
CONFIG = ROOT / "config"
_COMMAND = re.compile(r"(?:^|[\s/])branch-drift ((?:scan|explain|serve|init|check-config|schema|report|verify)\b.*)")


def commands(text: str) -> list[list[str]]:
    """Every call of the program in a text: of scripts and units, and the indented blocks of Markdown."""
    joined = text.replace("\\\n", " ")
    return [_words(m[1]) for line in joined.splitlines() if not line.startswith("#") and (m := _COMMAND.search(line))]


def _words(call: str) -> list[str]:
    """The arguments, up to what ends a command of a shell, or redirects it."""
    lexer = shlex.shlex(call, posix=True, punctuation_chars=";&|<>()")
    lexer.whitespace_split = True
    words = list(lexer)
    ends = next((n for n, w in enumerate(words) if w[:1] in (";", "&", "|", "<", ">", "(")), len(words))
    # The `2` of `2>file` is a word of its own.
    return words[: ends - 1] if words[ends - 1 : ends + 1] == ["2", ">"] else words[:ends]


def accept(call: list[str]) -> None:
    """Lets the command line take the call apart, without running it. Raises `click.UsageError`."""
    command = cli.commands[call[0]]
    command.make_context(call[0], call[1:], parent=click.Context(cli))
