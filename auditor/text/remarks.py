"""How comments are written, by the kind of a file: of one line, and of several. Pure data, and what tells the kind."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

# Of C and its kin, whose preprocessor has conditions of its own.
PREPROCESSED = frozenset(["c", "h", "cc", "cpp", "cxx", "hh", "hpp", "m", "mm", "cs"])
_BRACES = "java kt kts scala groovy gradle jenkinsfile js jsx mjs cjs ts tsx go rs swift dart php"
SHELLS = frozenset(["sh", "bash", "zsh"])
SLASHES = PREPROCESSED.union(_BRACES.split())
_STYLES = ("css", "scss", "less")
_HASHES = (
    "py rb sh bash zsh pl pm yml yaml toml tf r jl ex exs mk makefile gnumakefile dockerfile cmake ps1 php gemfile"
)
_PAGES = "html htm xml svg vue xaml csproj jsp erb j2 jinja jinja2 twig hbs liquid ejs"
_STARS, _ARROWS = (b"/*", b"*/"), (b"<!--", b"-->")
_NAMED = (b"{% comment %}", b"{% endcomment %}")
_HELM = ((b"{{/*", b"*/}}"), (b"{{- /*", b"*/ -}}"), (b"{{- /*", b"*/}}"))
_DJANGO = ((b"{#", b"#}"), _NAMED)
# What opens a comment of several lines and what closes it, by the end of a file's name.
_OPENED: Mapping[str, tuple[tuple[bytes, bytes], ...]] = (
    dict.fromkeys([*SLASHES, *_STYLES], (_STARS,))
    | dict.fromkeys(["jsx", "tsx", "js"], (_STARS, (b"{/*", b"*/}")))
    | dict.fromkeys(["sql", "tf"], (_STARS,))
    | dict.fromkeys(_PAGES.split(), (_ARROWS,))
    | dict.fromkeys(["html", "htm", "j2", "jinja", "jinja2", "twig", "liquid"], (_ARROWS, *_DJANGO))
    | dict.fromkeys(["erb", "ejs"], (_ARROWS, (b"<%#", b"%>")))
    | dict.fromkeys(["yaml", "yml", "tpl"], _HELM)
    | {"jsp": (_ARROWS, (b"<%--", b"--%>")), "hbs": (_ARROWS, (b"{{!--", b"--}}"))}
    | {"rb": ((b"=begin", b"=end"),), "pl": ((b"=pod", b"=cut"), (b"=begin", b"=cut"))}
    | {"lua": ((b"--[[", b"]]"), (b"--[=[", b"]=]"), (b"--[==[", b"]==]"))}
    | {"hs": ((b"{-", b"-}"),), "ml": ((b"(*", b"*)"),), "mli": ((b"(*", b"*)"),)}
    | {"ps1": ((b"<#", b"#>"),), "cmake": ((b"#[[", b"]]"), (b"#[=[", b"]=]"))}
)
# What a comment of one line begins with, by the same.
_LINES: Mapping[str, tuple[bytes, ...]] = (
    dict[str, tuple[bytes, ...]]()
    | dict.fromkeys([*SLASHES, *_STYLES], (b"//", b"{/*"))
    | dict.fromkeys(_HASHES.split(), (b"#",))
    | dict.fromkeys(["properties", "ini", "cfg", "conf", "env"], (b"#", b";"))
    | dict.fromkeys(["sql", "lua", "hs"], (b"--",))
    | {"php": (b"//", b"#"), "tf": (b"#", b"//"), "vb": (b"'",), "bas": (b"'",)}
    | dict.fromkeys(["bat", "cmd"], (b"REM ", b"rem ", b"Rem ", b"@REM ", b"@rem ", b"::"))
)
# What begins like a comment and is none: `#[Route('/pay')]` in PHP; or it is one of several lines.
_NONE = b"#["
# The shell's own: `: <<'EOF'`.
_HERE = re.compile(rb":\s*<<-?\s*(['\"]?)(\w+)\1\s*$")
# What follows these is never run: but in Perl and Ruby there may be a manual.
_LAST = frozenset([b"__END__", b"__DATA__"])
_SCRIPTS = ("pl", "pm", "rb")
# `#!/usr/bin/env python3`.
_RUN_BY = re.compile(rb"#!.*\b(python|ruby|perl|(?:ba|da|z|k)?sh)")
_RUNNERS = {b"python": "py", b"ruby": "rb", b"perl": "pl"}


class Signs(NamedTuple):
    """What comments of one line begin with, and what opens and closes those of several."""

    line: tuple[bytes, ...]
    opened: tuple[tuple[bytes, bytes], ...]


def kind(path: str, text: Sequence[bytes]) -> str:
    """The end of a file's name, or the name; of a script without such an end, what its first line runs it by."""
    name = path.rpartition("/")[2].lower()
    if name == "cmakelists.txt":
        return "cmake"
    end = name.rpartition(".")[2]
    found = _RUN_BY.match(text[0]) if text and "." not in name and end not in _LINES else None
    return end if found is None else _RUNNERS.get(found[1], "sh")


def signs(end: str) -> Signs:
    """The signs of comments in files of a kind; none of what is not known."""
    end = "pl" if end == "pm" else end
    return Signs(_LINES.get(end, ()), _OPENED.get(end, ()))


def is_one(line: bytes, known: Signs) -> bool:
    """Whether a line, without the white space around it, is a comment from its begin to its end."""
    if known.line and line.startswith(known.line):
        return not line.startswith(_NONE)
    for opens, closes in known.opened:
        if line.startswith(opens) and line.find(closes, len(opens)) == len(line) - len(closes) >= len(opens):
            return True
    return False


def closing(end: str, line: bytes, known: Signs) -> bytes | None:
    """What ends the comment of several lines that such a line opens, or None."""
    for opens, closes in known.opened:
        if line.startswith(opens) and closes not in line[len(opens) :]:
            return closes
    here = _HERE.match(line) if end in SHELLS and line.startswith(b":") else None
    return None if here is None else here[2]


def is_last(end: str, line: bytes) -> bool:
    """Whether nothing is run that follows a line."""
    return end in _SCRIPTS and line in _LAST
