"""Small field tables to test with."""

import json
from typing import Any

from schemas.documents import check_document
from schemas.tables.definitions import Definition, definitions, written


def asked(name: str, type_: str = "text", **more: Any) -> dict[str, Any]:
    return {
        "name": name, "label_vi": more.pop("label", name), "label_en": None, "type": type_, "required": False,
        "constraint": None, "options": None, "group": "Phần",
    } | more  # fmt: skip


def table(*fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "procedure_code": "9.000001", "title_vi": "Tờ khai thử", "title_en": None, "fields": list(fields),
        "cross_field_rules": [], "attachments": [],
    } | more  # fmt: skip


def made(*fields: dict[str, Any], **more: Any) -> Definition:
    """Return the definition of a table; it passes the check, whatever the table says."""
    (found,) = definitions(json.dumps(table(*fields, **more)).encode())
    assert check_document(written(found.document)) == []
    return found


def field_of(found: Definition, key: str) -> dict[str, Any]:
    (field,) = [each for section in found.document["sections"] for each in section["fields"] if each["key"] == key]
    return dict(field)


def checks(found: Definition) -> list[Any]:
    return [rule["check"] for rule in found.document["rules"]]


def points(found: Definition) -> list[tuple[str, str]]:
    return [(point.at, point.text) for point in found.open]
