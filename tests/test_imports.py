"""Imports that a branch lost and needs, though most of the fix stands: and those that come from elsewhere now."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo, fixed, started
from tests.judged import merged_and, told

AUTH = """\
import json

{imports}from .. import orm


class Tokens(Handler):
    def get(self, token):
        found = orm.find(self.database, token)
        if found is None:
            raise web.HTTPError(404)
        self.write(json.dumps(self.user(found)))
{post}

class Cookies(Handler):
    def get(self, name):
        self.write(json.dumps(self.cookie({name})))
"""
POST = """
    {how}
    def post(self):
        data = self.get_json_body()
        if self.authenticator is None:
            raise web.HTTPError(404)
        user = yield self.authenticator.authenticate(self, data)
        if user is None:
            raise web.HTTPError(403)
        self.write(json.dumps({{"token": user.new_token()}}))
"""
OLD_IMPORT, NEW_IMPORT = "from tornado import web\n", "from tornado import gen, web\n"
MORE = (
    "        data = self.get_json_body()\n",
    "        data = {}\n        data.update(self.get_json_body())\n        check(data)\n",
)


def auth(imports: str, how: str = "@gen.coroutine", *, later: bool = False) -> Files:
    """Later, another line of the fix is others."""
    post = POST.format(how=how)
    return {"auth.py": AUTH.format(imports=imports, post=post.replace(*MORE) if later else post, name="name")}


OLD = {"auth.py": AUTH.format(imports=OLD_IMPORT, post="", name="name")}


@pytest.mark.parametrize("later", [True, False])
@pytest.mark.parametrize(
    ("imports", "how", "status"),
    [
        ("", "@gen.coroutine", "reverted"),
        # Nothing needs it any more, or another line brings it.
        ("", "@web.coroutine", "present"),
        ("from tornado import gen\n", "@gen.coroutine", "present"),
        ("from tornado import (\n    gen,\n)\n", "@gen.coroutine", "present"),
        ("from tornado import *\n", "@gen.coroutine", "present"),
        ("gen = old_generators()\n", "@gen.coroutine", "present"),
    ],
)
def test_an_import_that_went_while_the_code_that_needs_it_stands(
    repo: Repo, imports: str, how: str, status: str, later: bool
) -> None:
    there = auth(OLD_IMPORT + imports, how, later=later)
    assert merged_and(repo, OLD, auth(NEW_IMPORT), there) == status


def test_a_name_that_the_file_had_before_the_fix(repo: Repo) -> None:
    """`gen` came from elsewhere then, and may do so again."""
    text = POST.format(how="@gen.coroutine")
    posts = text.replace("data", "form"), text, text.replace("data", "body")
    imports = OLD_IMPORT, NEW_IMPORT, OLD_IMPORT
    texts = (AUTH.format(imports=one, post=post, name="name") for one, post in zip(imports, posts, strict=True))
    assert merged_and(repo, *({"auth.py": text} for text in texts)) == "present"


# Imports that are there for what they do: no line uses a name that they bring, where the fix made them either

INDEX = """\
import React from 'react';
import App from './App';
{acts}
export function start(el) {{
  const root = React.render(el, App);
{rest}  return root;
}}
"""
SERVER = """\
package main

import (
	"fmt"
	"net/http"
{acts})

func main() {{
	fmt.Println("start")
	http.ListenAndServe(":80", {rest})
}}
"""
CONFIG = """\
require 'rack'
require 'app'
{acts}
map '/' do
  use Logger
  run App.new{rest}
end
"""
RUN = """\
import os
import app
{acts}

def main():
    conf = app.load(os.environ)
    app.run(conf{rest})
"""
SHOP = """\
package shop;

import shop.cart.Cart;
{acts}
class Shop {{
    Receipt pay(Cart cart) {{
        return cart.pay({rest});
    }}
}}
"""
READY = "  root.ready();\n"
KINDS = {
    "js": ("web/index.js", INDEX, "import './security-headers';\n", ("", READY)),
    "go": ("main.go", SERVER, '\t_ "time/tzdata"\n', ("nil", "mux")),
    "ruby": ("config.rb", CONFIG, "require 'rack/attack'\n", ("", "(:safe)")),
    "python": ("main.py", RUN, "import gevent_patch\n", ("", ", 1")),
}
# Of these no line uses the name either; but they bring nothing else.
NAMES = {
    "java": ("Shop.java", SHOP, "import shop.cart.Receipts;\n", ("", "true")),
    "js": ("web/index.js", INDEX, "import Header from './security-headers';\n", ("", READY)),
    "python": ("main.py", RUN, "from gevent import patch\n", ("", ", 1")),
    # The last word of the path is one of the file, too.
    "go, under another name": ("main.go", SERVER, '\tpages "example.org/pages/v1.80"\n', ("nil", "mux")),
    "js, by a call": ("web/index.js", INDEX, "const Header = require('./start');\n", ("", READY)),
}
# And these the fix uses, in the line that went with them.
USED = {
    "ruby": ("config.rb", CONFIG, "require 'rack/attack_log'\n", ("", "(AttackLog)")),
    "python": ("main.py", RUN, "import limits\n", ("", ", limits.all()")),
}
Kind = tuple[str, str, str, tuple[str, str]]


def of(kind: Kind, acts: bool, rest: bool | None = None, more: str = "") -> dict[str, str]:
    path, text, line, others = kind
    return {path: text.format(acts=line if acts else "", rest=others[acts if rest is None else rest]) + more}


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
@pytest.mark.parametrize(("before", "after"), [(False, True), (True, False)], ids=["added", "removed"])
@pytest.mark.parametrize("how", ["merged", "picked", "never let in", "moved", "main, too"])
def test_an_import_that_does_something_by_itself(repo: Repo, kind: Kind, before: bool, after: bool, how: str) -> None:
    started(repo, of(kind, before, rest=False))
    fix = fixed(repo, of(kind, after, rest=True))
    there = of(kind, before, rest=True)
    if how == "main, too":
        repo.commit("Not needed", there)
    repo.switch("qa")
    repo.commit("Work on it", {"other.txt": "other\n"})
    if how == "picked":
        repo.pick(fix)
    else:
        repo.merge("v2.4.1", resolve=there if how == "never let in" else {"more.txt": "more\n"})
    if how == "moved":
        there = of(kind, after, rest=True, more="# The end\n")
    repo.commit("Work on it", there)
    status = {"never let in": "dropped", "moved": "present", "main, too": "present"}.get(how, "reverted")
    assert told(repo, "qa", "v2.4.1")[0] == status


@pytest.mark.parametrize("kind", NAMES.values(), ids=NAMES)
def test_an_import_that_but_brings_a_name(repo: Repo, kind: Kind) -> None:
    files = [of(kind, acts, rest) for acts, rest in [(False, False), (True, True), (False, True)]]
    assert merged_and(repo, *files) == "present"


WITHOUT = {"run(conf": "run(conf, app.all_of_them()", "App.new": "App.new(:logged)"}


@pytest.mark.parametrize("kind", USED.values(), ids=USED)
def test_an_import_whose_user_was_written_without_it(repo: Repo, kind: Kind) -> None:
    """Something else of the fix stands."""
    (path, old), (_, new), (_, later) = (item for acts in (False, True, False) for item in of(kind, acts).items())
    for one, other in WITHOUT.items():
        later = later.replace(one, other)
    more = "LIMITS = load('what the law says')\n"
    assert merged_and(repo, {path: old}, {path: new + more}, {path: later + more}) == "present"


def test_an_import_of_what_comes_from_elsewhere_now(repo: Repo) -> None:
    path, text, _, _ = KINDS["python"]
    old, new = text.format(acts="", rest=""), text.format(acts="from limits import Limits\n", rest=", Limits(1)")
    more = "\nWAIT = 3\n"
    later = text.format(acts="", rest=", Limits(1)").replace("import os\n", "import os\nfrom shop.law import Limits\n")
    assert merged_and(repo, *({path: some} for some in (old, new + more, later + more))) == "present"
