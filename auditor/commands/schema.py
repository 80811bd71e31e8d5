"""`schema`: the JSON Schemas of what goes in and what comes out."""

from __future__ import annotations

import json

from auditor.config import FileConfig
from auditor.output import files, wire


def run(which: str) -> int:
    """Prints the schema of the configuration file (`config`) or of the JSON document (`audit`)."""
    schema = FileConfig.model_json_schema() if which == "config" else wire.json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    files.write_text("-", json.dumps(schema, indent=1) + "\n")
    return 0
