"""A draft moves alike on phone and server, and nothing of it is dropped in silence."""

import copy
import json
from typing import Any

import msgspec

from schemas.documents import check_document
from schemas.forms import Form, decode_form
from schemas.moves import move_on, unplaced
from schemas.values import fault_of
from tests.property.phone import ask
from tests.property.random_forms import OPTIONS, ROWS, Maker

CASES = 3_000
STRAY = ["gone", "here", None, "", "  ", 7, True, {"commune": "06154"}, "a", "x" * 1001]


class Editor(Maker):
    """Makes the next version of a form as an official would: fields go, come, are renamed, change their kind."""

    def bare(self) -> dict[str, Any]:
        """Return a form without conditions: they would read fields that the next version no longer has."""
        made = self.form()
        for section in made["sections"]:
            section.pop("when", None)
            for field in section["fields"]:
                field.pop("when", None)
                field.pop("required", None)
                if field["kind"] == "computed":
                    field |= {"kind": "text"}
                    del field["compute"], field["of"]
        return made | {"rules": [], "slots": []}

    def edited(self, form: dict[str, Any]) -> dict[str, Any]:
        made = copy.deepcopy(form)
        made["version"] += 1
        made.pop("moves", None)
        rename: dict[str, str] = {}
        drop: list[str] = []
        for section in made["sections"]:
            for field in list(section["fields"]):
                self.edit(section, field, rename, drop)
        if self.chance(0.15):
            self.turn(self.pick(made["sections"]))
        earlier = made["version"] - (2 if made["version"] > 2 and self.chance(0.3) else 1)
        if self.chance(0.8):
            made["moves"] = {"from": earlier, "rename": rename, "drop": drop}
        return made

    def turn(self, section: dict[str, Any]) -> None:
        """Make rows of a section, or a section of rows."""
        if section.pop("rows", None) is None:
            section["rows"] = {}

    def edit(self, section: dict[str, Any], field: dict[str, Any], rename: dict[str, str], drop: list[str]) -> None:
        path = f"{section['key']}{self.pick('./')}{field['key']}"
        way = self.pick(["stay"] * 6 + ["rename", "rename", "go", "drop", "kind", "shorter", "swap"])
        if way == "rename":
            field["key"] += "_n"
            rename[path] = f"{section['key']}.{field['key']}"
        elif way in ("go", "drop") and len(section["fields"]) > 1:
            section["fields"].remove(field)
            if way == "drop":
                drop.append(path)
        elif way == "kind":
            field["kind"] = self.pick(["text", "long_text", "date", "integer", "yes_no"])
            field.pop("options", None)
            field.pop("length_max", None)
        elif way == "shorter" and "options" in field:
            field["options"] = field["options"][:2]
        elif way == "shorter" and field["kind"] in ("text", "name"):
            field["length_max"] = 2
        elif way == "swap" and len(section["fields"]) > 1:
            rename[path] = f"{section['key']}.{self.pick(section['fields'])['key']}"

    def draft(self, form: dict[str, Any]) -> dict[str, Any]:
        values = self.values(form)
        for path in list(values):
            if self.chance(0.06):
                values[path] = self.pick(STRAY)
        for section in form["sections"]:
            if "rows" in section and self.chance(0.4):
                values[f"{section['key']}/{self.pick(ROWS)}"] = self.pick(["gone", "here"])
            if self.chance(0.1):
                values[f"{section['key']}.nowhere"] = "x"
        return values


def cases() -> list[tuple[list[dict[str, Any]], dict[str, Any]]]:
    made = []
    for seed in range(CASES):
        editor = Editor(seed)
        forms = [editor.bare()]
        for _ in range(editor.random.randint(1, 3)):
            forms.append(editor.edited(forms[-1]))
        made.append((forms, editor.draft(forms[0])))
    return made


def read(forms: list[dict[str, Any]]) -> list[Form]:
    return [decode_form(json.dumps(form)) for form in forms]


def test_drafts_move_alike_on_phone_and_server() -> None:
    made = cases()
    here = [msgspec.to_builtins(move_on(read(forms), values)) for forms, values in made]
    questions = [{"ask": "moves", "forms": forms, "values": values, "lists": {}} for forms, values in made]
    for question, one, other in zip(questions, here, ask(questions), strict=True):
        assert one == other, json.dumps(question, ensure_ascii=False)
    for what in ("renamed", "dropped", "left"):
        assert sum(bool(each[what]) for each in here) > CASES // 20, f"too few cases reach {what}"
    reasons = {left["why"] for each in here for left in each["left"]}
    assert reasons == {"no-field", "taken", "no-fit"}


def test_every_answer_is_in_the_new_version_or_told_of() -> None:
    for forms, values in cases():
        first, *_, last = read(forms)
        moved = move_on(read(forms), values)
        gone = {each["path"] for each in [*moved.dropped, *moved.left]}
        back = {each["to"]: each["from"] for each in moved.renamed}
        arrived = {back.get(path, path) for path in moved.values}
        silent = {
            path
            for path, value in values.items()
            if path not in gone | arrived and value not in (None, "", "gone", "here")
        }
        assert silent == set(), json.dumps([forms, values])
        assert len(arrived) == len(moved.values), "two answers came from one"
        for path, value in moved.values.items():
            spec = last.plan.field(path)
            assert spec is not None, path
            assert value == values[back.get(path, path)]
            was = first.plan.field(back.get(path, path))
            assert fault_of(spec, value) is None or (was is not None and was.kind == spec.kind)


def test_what_has_no_place_is_foretold() -> None:
    """A form's author hears at publishing of every path whose answers will have no place."""
    for forms, values in cases():
        first, second, *_ = read(forms)
        told = set(unplaced(first, second))
        moved = move_on([first, second], values)
        for each in moved.left:
            if each["why"] == "no-field" and first.plan.field(each["path"]) is not None:
                section, _, rest = each["path"].partition("/" if "." not in each["path"] else ".")
                name = f"{section}.{rest}" if "." in each["path"] else f"{section}.{rest.partition('/')[2]}"
                assert name in told, (name, told)


def test_the_edited_forms_are_ones_that_could_be_published() -> None:
    for forms, _ in cases()[:300]:
        for form in forms:
            reasons = {fault.reason for fault in check_document(json.dumps(form).encode())}
            assert reasons <= {"no such field"}, (reasons, form)  # a swap may name what has gone
    assert OPTIONS
