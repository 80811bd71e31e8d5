"""`schema`: the JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import json

from auditor.config.configuration import FileConfig
from auditor.notices import shapes
from auditor.output import files, plan, wire


def run(which: str) -> int:
    """Prints the schema of the configuration file (`config`), or of a document: `audit`, `plan` or `notice`."""
    documents = {"audit": wire.json_schema, "plan": plan.json_schema, "notice": shapes.json_schema}
    made = {"config": FileConfig.model_json_schema, **documents}
    schema = made[which]()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    files.write_text("-", json.dumps(schema, indent=1) + "\n")
    return 0
