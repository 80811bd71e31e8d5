"""JUnit XML for a pipeline: a suite a repository, a case a pair."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

from auditor.model import DRIFT, Audit, Discovery, Hotfix, RepositoryAudit, Severity, Status, Verdict, Violation
from auditor.output.words import about, approval, plain

_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(audit: Audit) -> str:
    """Drift and broken rules of severity error fail, what is unknown is an error, what is waived is skipped."""
    root = ET.Element("testsuites", name="branch-drift")
    for discovery in audit.discovered:
        root.append(_discovery(discovery))
    for repository in audit.repositories:
        root.append(_suite(repository))
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _discovery(found: Discovery) -> ET.Element:
    """A forge that was asked is a suite, too: its errors, and what it has that is not audited."""
    name = f"{found.type} {found.owner}"
    cases = [_case(name, "discover", e.code, "error", e.detail) for e in found.errors]
    cases += [_case(name, "discover", e.repository, "skipped", e.reason) for e in found.excluded]
    return _counted(name, cases)


def _suite(found: RepositoryAudit) -> ET.Element:
    cases = [_pair(found, h, v) for h, v in found.pairs()]
    cases += [_broken(found, v) for v in found.violations if v.severity is Severity.ERROR]
    cases += [_case(found.name, "audit", e.code, "error", e.detail) for e in found.errors]
    return _counted(found.name, cases)


def _counted(name: str, cases: list[ET.Element]) -> ET.Element:
    suite = ET.Element("testsuite", name=_xml(name), tests=str(len(cases)))
    for kind, plural in (("failure", "failures"), ("error", "errors"), ("skipped", "skipped")):
        suite.set(plural, str(sum(case.find(kind) is not None for case in cases)))
    suite.extend(cases)
    return suite


def _pair(found: RepositoryAudit, hotfix: Hotfix, verdict: Verdict) -> ET.Element:
    kind = None
    if verdict.status in DRIFT:
        kind = "failure"
    elif verdict.incomplete:
        kind = "error"
    elif verdict.status is Status.WAIVED:
        kind = "skipped"
    waiver = verdict.waiver
    said = f"{verdict.status}: {verdict.reason}"
    if waiver:
        said += f"; waived {approval(waiver)}"
    case = _case(found.name, verdict.branch, hotfix.tag, kind, said)
    if hotfix.aliases:
        # The name stays the tag's alone: a pipeline follows a case from run to run by it.
        ET.SubElement(case, "system-out").text = _xml(f"also tagged {', '.join(hotfix.aliases)}")
    return case


def _broken(found: RepositoryAudit, broken: Violation) -> ET.Element:
    said = f"{broken.detail}; waived {approval(broken.waiver)}" if broken.waiver else broken.detail
    return _case(found.name, broken.rule, about(broken) or found.name, "skipped" if broken.waiver else "failure", said)


def _case(suite: str, group: str, name: str, kind: str | None, said: str) -> ET.Element:
    case = ET.Element("testcase", classname=_xml(f"{suite}.{group}"), name=_xml(name))
    if kind:
        ET.SubElement(case, kind, message=_xml(said))
    return case


def _xml(text: str) -> str:
    return _NO_XML.sub("\ufffd", plain(text))
