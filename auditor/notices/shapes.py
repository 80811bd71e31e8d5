"""A notice in the form of each service, within what that takes. Names do nothing there: no mention, link or markup."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Literal

from typing_extensions import TypedDict

from auditor.backmerge import words
from auditor.config.noticing import Event
from auditor.model import Audit
from auditor.notices.facts import Change
from auditor.notices.message import Line, Link, Message, Name, Section, message, name, standing
from auditor.output.words import rfc3339

SCHEMA = "branch-drift/notice/v1"
_MOST_LINES = (100, 30, 10, 3, 0)
_SLACK_BLOCK = 2900
_CARD = "http://adaptivecards.io/schemas/adaptive-card.json"


def body(kind: str, audit: Audit, changes: Sequence[Change]) -> bytes:
    """The request's body, with as many lines as the service takes."""
    shape, longest = _SHAPES[kind]
    for most in _MOST_LINES:
        made = json.dumps(shape(audit, changes, most), ensure_ascii=False).encode("utf-8", "replace")
        if len(made) <= longest:
            break
    return made


def _slack(audit: Audit, changes: Sequence[Change], most: int) -> Any:
    """https://api.slack.com/messaging/webhooks: `text` is what a notification shows, `blocks` the message."""
    said = message(audit, changes, most)
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": said.title[:150], "emoji": False}},
        *(_slack_block(part) for section in said.sections for part in _parts(_slack_lines(section))),
        _slack_block(_slack_text(said.standing)),
    ]
    shown = {"unfurl_links": False, "unfurl_media": False}
    return {"text": _slack_text(f"{said.title}. {said.standing}"), "blocks": blocks[:50], **shown}


def _slack_block(text: str) -> Any:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text, "verbatim": True}}


def _slack_lines(section: Section) -> Iterator[str]:
    yield f"*{section.heading}*"
    yield from (f"• {_rendered(line, _slack_name, _slack_link)}" for line in section.lines)
    if section.more:
        yield f"• and {section.more} more"


def _slack_text(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _slack_name(text: str) -> str:
    return _slack_text(words.code(text))


def _slack_link(url: str) -> str:
    return f"<{_slack_text(url)}>"


def _parts(lines: Iterator[str]) -> Iterator[str]:
    """Lines in blocks that are not too long."""
    part = ""
    for line in lines:
        if part and len(part) + len(line) >= _SLACK_BLOCK:
            yield part
            part = ""
        part = f"{part}\n{line}" if part else line
    yield part


def _teams(audit: Audit, changes: Sequence[Change], most: int) -> Any:
    """A message with an Adaptive Card, as a Workflows webhook takes it. Text runs know no markup."""
    said = message(audit, changes, most)
    inlines: list[list[Any]] = [[_run(said.title, weight="Bolder", size="Medium")]]
    for section in said.sections:
        inlines.append([_run(section.heading, weight="Bolder")])
        inlines += [[_teams_part(part) for part in line] for line in section.lines]
        inlines += [[_run(f"and {section.more} more")]] if section.more else []
    inlines.append([_run(said.standing, isSubtle=True)])
    card = {
        "$schema": _CARD,
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "RichTextBlock", "inlines": line} for line in inlines],
        "msteams": {"width": "Full"},
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "contentUrl": None, "content": card}]}


def _teams_part(part: str | Name | Link) -> Any:
    if isinstance(part, Link):
        return _run(part.url, selectAction={"type": "Action.OpenUrl", "url": part.url})
    return _run(words.inert(name(part.text)), fontType="Monospace") if isinstance(part, Name) else _run(part)


def _run(text: str, **more: Any) -> Any:
    return {"type": "TextRun", "text": text, **more}


def _mattermost(audit: Audit, changes: Sequence[Change], most: int) -> Any:
    """https://developers.mattermost.com/integrate/webhooks/incoming: Markdown in `text`."""
    return {"text": "\n".join(_markdown(message(audit, changes, most)))}


def _markdown(said: Message) -> Iterator[str]:
    yield f"**{said.title}**"
    for section in said.sections:
        yield from ("", f"**{section.heading}**", "")
        yield from (f"- {_rendered(line, words.code, lambda url: f'<{url}>')}" for line in section.lines)
        if section.more:
            yield f"- and {section.more} more"
    yield from ("", said.standing)


class ChangeDocument(TypedDict):
    """Something that is not as it was told. `event` is what happened, `kind` what it is about."""

    event: Event
    kind: Event
    repository: str
    tag: str | None
    branch: str | None
    rule: str | None
    commit: str | None
    was: str | None
    now: str | None
    link: str | None


class NoticeDocument(TypedDict):
    """What changed since the webhook was last told. `left_out` is how many changes are not listed."""

    schema: str
    text: str
    verdict: Literal["in-sync", "drift", "incomplete"]
    standing: str
    finished_at: str | None
    changes: list[ChangeDocument]
    left_out: int


def json_schema() -> dict[str, Any]:
    """The JSON Schema of what a webhook of type `json` gets, closed."""
    from pydantic import TypeAdapter

    schema = TypeAdapter(NoticeDocument).json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["additionalProperties"] = False
    schema["properties"]["schema"] = {"const": SCHEMA, "type": "string"}
    return schema


def _json(audit: Audit, changes: Sequence[Change], most: int) -> NoticeDocument:
    """For programs: names as they are, and in `text`, which may end up in front of people, as those that do nothing."""
    said = message(audit, changes, most)
    shown = changes if most == _MOST_LINES[0] else changes[:most]
    return {
        "schema": SCHEMA,
        "text": "\n".join(_text(said)),
        "verdict": audit.verdict,  # type: ignore[typeddict-item]
        "standing": standing(audit),
        "finished_at": rfc3339(audit.finished_at),
        "changes": [_change(c) for c in shown],
        "left_out": len(changes) - len(shown),
    }


def _text(said: Message) -> Iterator[str]:
    yield said.title
    for section in said.sections:
        yield f"{section.heading}:"
        yield from (f"- {_rendered(line, words.inert, lambda url: url)}" for line in section.lines)
        if section.more:
            yield f"- and {section.more} more"
    yield said.standing


def _change(change: Change) -> ChangeDocument:
    about = change.about
    return {
        "event": change.event,
        "kind": about.kind,
        "repository": about.repository,
        "tag": about.tag or None,
        "branch": about.branch or None,
        "rule": about.rule or None,
        "commit": about.commit or None,
        "was": change.was,
        "now": change.now,
        "link": change.link,
    }


def _rendered(line: Line, of_name: Callable[[str], str], of_link: Callable[[str], str]) -> str:
    return "".join(
        part if isinstance(part, str) else of_link(part.url) if isinstance(part, Link) else of_name(name(part.text))
        for part in line
    )


# What makes the body of each service, and how many bytes of it the service takes with room to spare: Slack gives up
# on some 13,000 characters of blocks, Teams on 28 KB, Mattermost on 16,383 characters.
_SHAPES: Mapping[str, tuple[Callable[[Audit, Sequence[Change], int], Any], int]] = {
    "slack": (_slack, 12_000),
    "teams": (_teams, 24_000),
    "mattermost": (_mattermost, 15_000),
    "json": (_json, 250_000),
}
