"""Names and calls that a fix brought, which a later commit needs no more, has otherwise, or has lost."""

from __future__ import annotations

import pytest

from tests.build import Files, Repo
from tests.judged import merged_and

# What else the fix did, which stands
WORK = "def {0}(cart):\n    log('{0}')\n    return {1}\n\n\n"


def of_a_fix(old: Files, new: Files, *later: Files) -> tuple[Files, ...]:
    """The same with the rest of the fix."""
    before, after = ({"rest.py": "".join(WORK.format(n, what) for n in ("pay", "ship", "send"))} for what in "01")
    return ({**before, **old}, {**after, **new}, *later)


# A variable within one function, where another function has one of that name

POP = """\
int pop(client *c, int count{given}) {{
    int size = length(c);
{bound}    while (count-- > 0) {{
        {reply}
    }}
    return size;
}}

int push(client *c) {{
    int nested = resp(c);
    return nested;
}}
"""
BOUND, REPLY, NESTED = "    int nested = c->resp > 2;\n", "reply(c, count);", "reply_as(c, count, nested);"


def pop(bound: str = BOUND, reply: str = NESTED, given: str = "") -> Files:
    return {"src/pop.c": POP.format(bound=bound, reply=reply, given=given)}


@pytest.mark.parametrize(
    ("later", "status"),
    [
        (pop("", "reply_as(c, count, c->resp > 2);"), "present"),
        (pop("", given=", int nested"), "present"),
        (pop("", given=", int nested_too"), "reverted"),
        (pop(""), "reverted"),
        (pop("", REPLY), "reverted"),
        (pop("", "reply(c, count - 1);"), "reverted"),
        (pop("", "/* nested */ reply(c, count - 1);"), "reverted"),
    ],
    ids=["unneeded", "given", "another given", "needed", "as before", "as before in words", "said in a comment"],
)
def test_a_variable_of_the_fix_is_gone(repo: Repo, later: Files, status: str) -> None:
    assert merged_and(repo, *of_a_fix(pop("", REPLY), pop(), later)) == status


LOOP = """\
  int Handler<Core>::handle(int command, Request& arg)
  {{
{bound}    for (size_t i = 0; i < arg.ids.size(); ++i)
    {{
{check}      context.needed.push_back(arg.ids[i]);
      if (++added == limit)
        break;
{set}    }}
    return 1;
  }}

  int Handler<Core>::skip(int command)
  {{
    bool first = true;
    return first ? command : 0;
  }}
"""
FIRST, SET = "    bool first = true;\n", "      first = false;\n"
CHECK = "      if ({})\n        drop_connection(context, arg.ids[i]);\n"


def loop(bound: str, check: str, set_: str) -> Files:
    return {"src/handler.inl": LOOP.format(bound=bound, check=check, set=set_)}


def test_a_loop_counts_in_the_place_of_a_variable(repo: Repo) -> None:
    """Monero's 57f7c2e53fe4: `first` became `i == 0`."""
    old, new = loop("", "", ""), loop(FIRST, CHECK.format("first && !known(i)"), SET)
    assert merged_and(repo, *of_a_fix(old, new, loop("", CHECK.format("i == 0"), ""))) == "present"


def test_a_loop_checks_always(repo: Repo) -> None:
    old, new = loop("", "", ""), loop(FIRST, CHECK.format("first && !known(i)"), SET)
    assert merged_and(repo, *of_a_fix(old, new, loop(FIRST, CHECK.format("first && !known(i)"), ""))) == "reverted"


# What one file declares, and another one has

HEADER = "void reply(client *c);\nvoid reply_null(client *c);\n{}void reply_error(client *c, char *text);\n"
SOURCE = """\
void reply_null(client *c) {{
    write_out(c, NULL);
}}
{made}
void look_up(client *c, char *key) {{
    if (!find(key)) {{
        {use}
    }}
}}
"""
PROTOTYPE = "void sent_on_miss(client *c);\n"
MADE = "\nvoid {}(client *c) {{\n    notify(c, MISS);\n    reply_null(c);\n}}\n"


def replies(prototype: str, made: str, use: str) -> Files:
    return {"src/reply.h": HEADER.format(prototype), "src/reply.c": SOURCE.format(made=made, use=use)}


OLD_REPLIES = replies("", "", "reply_null(c);")
NEW_REPLIES = replies(PROTOTYPE, MADE.format("sent_on_miss"), "sent_on_miss(c);")


def test_a_function_was_renamed_and_needs_no_prototype(repo: Repo) -> None:
    """Redis' 1ed0f049fed9."""
    later = replies("", MADE.format("miss"), "miss(c, MISS);")
    assert merged_and(repo, *of_a_fix(OLD_REPLIES, NEW_REPLIES, later)) == "present"


def test_a_prototype_is_gone_and_its_function_is_not(repo: Repo) -> None:
    later = {**NEW_REPLIES, "src/reply.h": OLD_REPLIES["src/reply.h"]}
    assert merged_and(repo, *of_a_fix(OLD_REPLIES, NEW_REPLIES, later)) == "reverted"


def test_a_function_is_gone_with_its_prototype_and_its_use_is_as_before_but_for_a_comment(repo: Repo) -> None:
    later = replies("", "", "reply_null(c); /* key */")
    assert merged_and(repo, *of_a_fix(OLD_REPLIES, NEW_REPLIES, later)) == "reverted"


def test_a_function_is_gone_with_its_prototype_and_its_use_is_as_before_under_a_condition(repo: Repo) -> None:
    later = replies("", "", "if (!is_quiet(c)) reply_null(c);")
    assert merged_and(repo, *of_a_fix(OLD_REPLIES, NEW_REPLIES, later)) == "reverted"


# What is called in the place of what the fix called

SAVE = """\
int save(char *name) {{
    if (rename(temporary, name) == -1) {{
        warn("Error moving the file: %s", strerror(errno));
        stop_saving(0);
        return ERROR;
    }}
{sync}
    log("Saved on disk");
    return {end};
}}

int load(char *name) {{
    if (open(name) == -1) {{
        stop_saving(0);
        return ERROR;
    }}

    log("Loaded");
    return OK;
}}
"""
SYNC = '    if (sync_folder(name) == -1) { action = "sync_folder"; goto failed; }\n'
ANEW = (
    '    if (sync_folder(name) != 0) {\n        warn("Sync");\n        stop_saving(0);\n        return ERROR;\n    }\n'
)
SAID = (
    "    if (early()) {\n        // sync_folder(name) is slow\n        stop_saving(0);\n        return ERROR;\n    }\n"
)


def save(sync: str, end: str = "finish()") -> Files:
    return {"src/save.c": SAVE.format(sync=sync, end=end)}


def test_what_the_fix_calls_is_called_in_a_block_of_its_own(repo: Repo) -> None:
    """Redis' 99a425d0f3b7: the block ends as the one above it, so that the lines around the fix are as before it."""
    assert merged_and(repo, *of_a_fix(save("", "OK"), save(SYNC), save(ANEW))) == "present"


@pytest.mark.parametrize("later", [[save(SAID)], [save(ANEW), save("")]], ids=["said in a comment", "and taken out"])
def test_what_the_fix_calls_is_not_called(repo: Repo, later: list[Files]) -> None:
    assert merged_and(repo, *of_a_fix(save("", "OK"), save(SYNC), *later)) == "reverted"


LIMITER = """\
class RateLimiter
{{
    public function tooManyAttempts($key, $maxAttempts)
    {{
{clean}        if ($this->attempts($key) >= $maxAttempts) {{
            if ($this->cache->has({key}.':timer')) {{
                return true;
            }}
        }}
        return false;
    }}

    public function clear($key)
    {{
{too}        $this->cache->forget($key);
    }}
}}
"""
CLEAN = "        $key = $this->cleanKey($key);\n\n"


def limiter(clean: str, key: str, too: str = CLEAN) -> Files:
    return {"src/RateLimiter.php": LIMITER.format(clean=clean, key=key, too=too)}


def test_what_the_fix_calls_is_called_where_its_value_is_used(repo: Repo) -> None:
    """Laravel's a59bdb8d6210."""
    later = limiter("", "$this->cleanKey($key)")
    assert merged_and(repo, *of_a_fix(limiter("", "$key", ""), limiter(CLEAN, "$key"), later)) == "present"


def test_the_value_that_the_fix_made_is_used_as_before(repo: Repo) -> None:
    later = limiter("", "$key.$maxAttempts")
    assert merged_and(repo, *of_a_fix(limiter("", "$key", ""), limiter(CLEAN, "$key"), later)) == "reverted"


# A check, what it calls, and what called that later

CHECKS = """\
{helper}def pay(cart):
{check}    charge(cart)


def ship(cart):
    {use}
    send(cart)
"""
HELPER = "def is_safe(cart):\n    return cart.total < LIMIT\n\n\n"
CHECK_IT = "    if not is_safe(cart):\n        raise Unsafe(cart)\n"


def checks(helper: str = HELPER, check: str = CHECK_IT, use: str = "log('ship', cart)") -> Files:
    return {"pay.py": CHECKS.format(helper=helper, check=check, use=use)}


def test_what_used_a_helper_was_written_without_it_and_a_check_is_gone(repo: Repo) -> None:
    """That one later user has other words tells nothing of the check."""
    later = checks(use="log('ship', is_safe(cart))"), checks("", "", "log('shipping', cart, None)")
    assert merged_and(repo, *of_a_fix(checks("", ""), checks(), *later)) == "reverted"


def test_a_check_calls_another_helper(repo: Repo) -> None:
    later = checks("", CHECK_IT.replace("is_safe", "limits.allow"))
    assert merged_and(repo, *of_a_fix(checks("", ""), checks(), later)) == "present"


# What a part calls is called beside it all the same, as it was before the fix

ORDER = """\
def order(cart):
{check}    log('order', cart)
    {name} = validate_the_order(cart{safe})
    if not {name}:
        return None
    return cart.order()
"""


def ordered(check: str = "", name: str = "valid", safe: str = "") -> Files:
    return {"order.py": ORDER.format(check=check, name=name, safe=safe)}


@pytest.mark.parametrize(
    ("new", "later"),
    [
        (ordered(safe=", True"), ordered()),
        (ordered("    validate_the_order(cart)\n"), ordered(name="is_valid")),
    ],
    ids=["put back", "edited"],
)
def test_what_the_fix_calls_was_called_there_before_it(repo: Repo, new: Files, later: Files) -> None:
    assert merged_and(repo, *of_a_fix(ordered(), new, later)) == "reverted"
