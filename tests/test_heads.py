"""What of a text is its own: neither its licence, nor what any file has."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.text import heads, lines

STARS = "/*\n   Copyright The Shop Authors.\n\n   You may not use this file.\n*/\n"
SLASHES = "// Copyright 2026 The Shop Authors.\n//\n// You may not use this file.\n"
HASHES = SLASHES.replace("//", "#")
MARKUP = "<!--\n  Licensed to you.\n\n  Use it.\n-->\n"


def own(text: str) -> str:
    return b"".join(heads.own(lines.split(text.encode()))).decode()


@pytest.mark.parametrize(
    ("above", "licence", "code"),
    [
        ("", STARS, "\npackage shop\n"),
        ("", SLASHES, "\n// Package shop sells.\npackage shop\n"),
        ("//go:build linux\n\n", STARS, "\npackage shop\n"),
        ("<?php\n\n", STARS, "\nclass Shop {}\n"),
        ('<?xml version="1.0"?>\n', MARKUP, "<shop/>\n"),
        ("", HASHES, "\nimport shop\n# Licensed to sell\n"),
        ("", "/* SPDX-License-Identifier: MIT */\n", "#include <shop.h>\n"),
    ],
)
def test_a_licence_at_the_head_is_not_its_own(above: str, licence: str, code: str) -> None:
    assert own(above + licence + code) == above + code


@pytest.mark.parametrize(
    "text",
    [
        "// Package shop sells.\npackage shop\n",
        'package shop\n\nvar licence = "none"\n',
        STARS,
        "/* Copyright that never ends\n",
        "",
        "\n\n",
    ],
)
def test_other_comments_are_and_a_licence_that_is_all_there_is(text: str) -> None:
    assert own(text) == text


@given(
    st.lists(st.sampled_from([b"/*\n", b"*/\n", b"// licence\n", b"\n", b"code\n", b"# x\n", b"<!--\n"]), max_size=9)
)
def test_what_is_own_is_some_of_the_lines_in_their_order(text: list[bytes]) -> None:
    rest = iter(text)
    assert all(line in rest for line in heads.own(text))


def test_braces_and_imports_tell_nothing_unless_there_is_nothing_else() -> None:
    text = b'package shop\n\nimport (\n\t"fmt"\n\tlog "x.io/log"\n)\n\nfunc sell() {\n}\n'
    assert set(heads.telling(Counter(lines.split(text)))) == {b"import (\n", b"func sell() {\n"}
    imports = [b"from .cart import total\n", b"from .login import login\n"]
    assert set(heads.telling(Counter(imports))) == set(imports)
