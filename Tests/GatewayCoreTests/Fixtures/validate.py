"""Validates problems against a JSON Schema: one JSON text a line in, `ok` or what is wrong a line out.

The schema leaves objects open, because members may be added. Here they are closed, so that a member which the
gateway writes and the schema does not know is found. An empty line is answered with `ready`.
"""

import json
import sys

import jsonschema


def closed(node):
    """A copy of the schema in which objects with listed members have no others."""
    if isinstance(node, list):
        return [closed(element) for element in node]
    if not isinstance(node, dict):
        return node
    copy = {name: closed(value) for name, value in node.items()}
    if isinstance(node.get("properties"), dict):
        copy["additionalProperties"] = False
    return copy


def without_duplicates(pairs):
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError(f"a name comes twice in {names}")
    return dict(pairs)


with open(sys.argv[1], encoding="utf-8") as file:
    schema = json.load(file)
jsonschema.Draft202012Validator.check_schema(schema)
validator = jsonschema.Draft202012Validator(closed(schema))
sys.stdin.reconfigure(encoding="utf-8", errors="strict")
for line in sys.stdin:
    if line == "\n":
        print("ready", flush=True)
        continue
    try:
        errors = validator.iter_errors(json.loads(line, object_pairs_hook=without_duplicates))
        answer = "; ".join(f"{error.json_path}: {error.message}" for error in errors) or "ok"
    except ValueError as error:
        answer = f"no JSON: {error}"
    print(answer.replace("\n", " "), flush=True)
