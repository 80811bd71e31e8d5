"""Imports that a branch lost and needs, though most of the fix stands: and those that come from elsewhere now."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.build import Files, Repo, protocol
from tests.judged import merged_and


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    return protocol(tmp_path / "shop", branches=("dev",))


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
