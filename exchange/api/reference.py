"""The API's description as a page shows it."""

import json
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Field:
    """A field of a record, or a parameter of a road."""

    name: str
    kind: str
    meaning: str


@dataclass(frozen=True)
class Road:
    """A road: what it is for, what it takes, what it answers."""

    key: str
    path: str
    summary: str
    about: str
    parameters: list[Field]
    fields: list[Field]
    example: str


@dataclass(frozen=True)
class Reference:
    """All roads, in groups."""

    groups: list[tuple[str, list[Road]]]

    @classmethod
    def of(cls, document: dict[str, Any]) -> "Reference":
        """From an OpenAPI document."""
        schemas = document["components"]["schemas"]
        groups: dict[str, list[Road]] = {}
        for path, methods in document["paths"].items():
            said = methods["get"]
            groups.setdefault(said["tags"][0], []).append(_road(path, said, schemas))
        return cls(list(groups.items()))


def _road(path: str, said: dict[str, Any], schemas: dict[str, Any]) -> Road:
    content = said["responses"][200]["content"]["application/json"]
    parameters = [
        Field(one["name"], _kind(one["schema"]), one.get("description", ""))
        for one in said["parameters"]
        if one["in"] == "query"
    ]
    example = content["example"]
    is_page = isinstance(example, dict) and "items" in example
    # A page's fields are the same for all lists, and those of its records stand at the road of one.
    fields = [] if is_page else _fields(content["schema"], schemas)
    text = json.dumps(example, indent=2, ensure_ascii=False)
    return Road(said["operationId"], path, said["summary"], said["description"], parameters, fields, text)


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[Field]:
    schema = _resolved(schema, schemas)
    return [
        Field(name, _kind(one), one.get("description") or "See the example.")
        for name, one in schema.get("properties", {}).items()
    ]


def _resolved(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    return schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema


def _kind(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(_kind(one) for one in schema["anyOf"])
    if schema.get("type") == "array":
        inner = schema["items"]
        return f"any of {_listed(inner['enum'])}" if "enum" in inner else "list"
    if "enum" in schema:
        return f"one of {_listed(schema['enum'])}"
    if "$ref" in schema:
        return "object"
    kinds = {"uuid": "GUID", "date-time": "time"}
    return kinds.get(schema.get("format", ""), {"string": "text"}.get(schema["type"], schema["type"]))


def _listed(keys: list[str]) -> str:
    return ", ".join(keys)
