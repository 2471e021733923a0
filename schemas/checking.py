"""Checking: what is missing or broken in an application, and what is wrong with a form itself.

`faults` refuses a ``submit``; `warnings` asks and never blocks; `hidden` is what is not asked; `compute` is what the
form works out by itself. `check_document` is what ``motcua form check`` prints: it lives in `schemas.documents` and is
found here too, beside the checks that it makes safe.
"""

from collections.abc import Iterator
from datetime import date
from typing import Any

from schemas.conditions import Answers, dotted, is_filled, paths_of
from schemas.documents import check_document, check_files
from schemas.forms import Field, Form, Rule, Section
from schemas.problems import FieldError

__all__ = ["check_document", "check_files", "compute", "faults", "hidden", "required_slots", "warnings"]


def faults(form: Form, values: dict[str, Any], today: date) -> list[FieldError]:
    """Return every empty required field and every broken ``error`` rule, in the order of the form.

    Codes: ``required``, ``incomplete`` (an address without its place), ``rows_min`` and ``rows_max`` (at the section),
    ``rule`` (at the first of the rule's fields, once for each row it is broken in, its message in ``detail``).
    ``values`` holds visible rows only, as ``section/{row id}/field``; ``today`` is the day in Asia/Ho_Chi_Minh.
    """
    answers = Answers(form, values, today)
    return [*_missing(answers), *_broken(answers, "error")]


def warnings(form: Form, values: dict[str, Any], today: date) -> list[FieldError]:
    """Return every broken ``warn`` rule: to be asked about, never to block."""
    return list(_broken(Answers(form, values, today), "warn"))


def hidden(form: Form, values: dict[str, Any], today: date) -> set[str]:
    """Return the paths that are not asked, options of ``choices`` among them, and the keys of hidden sections."""
    answers = Answers(form, values, today)
    paths = {section.key for section in form.sections if answers.section_hidden(section)}
    for section in form.sections:
        for row in answers.places(section):
            for field in section.fields:
                if answers.field_hidden(section, field, row):
                    path = _path(section, field, row)
                    paths.add(path)
                    paths.update(known for known in values if known.startswith(path + "/"))
    return paths


def compute(form: Form, values: dict[str, Any], today: date) -> dict[str, Any]:
    """Return what each computed field holds: null while something is missing or it is hidden."""
    if not form.plan.computes:
        return {}
    answers = Answers(form, values, today)
    return {
        _path(section, field, row): answers.held(section, field, row)
        for section in form.sections
        for row in answers.places(section)
        for field in section.fields
        if field.kind == "computed"
    }


def required_slots(form: Form, values: dict[str, Any], today: date) -> set[str]:
    """Return the slots whose papers are wanted. An unfilled one never refuses a ``submit``: the office sees it."""
    answers = Answers(form, values, today)
    return {slot.key for slot in form.slots if answers.holds(slot.required, None, default=False)}


def _path(section: Section, field: Field, row: str | None) -> str:
    return f"{section.key}.{field.key}" if row is None else f"{section.key}/{row}/{field.key}"


def _missing(answers: Answers) -> Iterator[FieldError]:
    for section, wanted in answers.form.plan.wanted:
        if answers.section_hidden(section):
            continue
        places = answers.places(section)
        if section.rows is not None:
            if len(places) < section.rows.min:
                yield FieldError(section.key, "rows_min", detail=str(section.rows.min))
            if section.rows.max is not None and len(places) > section.rows.max:
                yield FieldError(section.key, "rows_max", detail=str(section.rows.max))
        for row in places:
            for field in wanted:
                code = _lacks(answers, section, field, row)
                if code is not None:
                    yield FieldError(_path(section, field, row), code)


def _lacks(answers: Answers, section: Section, field: Field, row: str | None) -> str | None:
    if answers.field_hidden(section, field, row):
        return None
    if field.required is not True and not answers.holds(field.required, row, default=False):
        return None
    value = answers.asked(section, field, row)
    if not is_filled(field, value):
        return "required"
    if field.kind == "address" and isinstance(value, dict) and not (value.get("commune") or value.get("place")):
        return "incomplete"
    return None


def _broken(answers: Answers, level: str) -> Iterator[FieldError]:
    for rule, table in _tables(answers.form):
        if rule.level != level:
            continue
        for row in [None] if table is None else answers.rows(table):
            if answers.truth(rule.check, row) is False:
                yield FieldError(_where(answers.form, rule, row), "rule", rule.id, rule.message.vi)


def _tables(form: Form) -> list[tuple[Rule, str | None]]:
    """Return each rule with its table, found out once for a form."""
    plan = form.plan
    if plan.ruled is None:
        plan.ruled = [(rule, table_of(form, rule)) for rule in form.rules]
    return plan.ruled


def table_of(form: Form, rule: Rule) -> str | None:
    """Return the row section that a rule is about, and so once for each row, or null."""
    tables = form.plan.tables
    paths = [*paths_of(rule.check), *(dotted(path) for path in rule.fields)]
    return next(
        (section for section, dot, _ in (path.partition(".") for path in paths) if dot and section in tables), None
    )


def _where(form: Form, rule: Rule, row: str | None) -> str:
    paths = [dotted(path) for path in rule.fields] or list(paths_of(rule.check))
    if not paths:
        return ""
    section, _, field = paths[0].partition(".")
    return f"{section}/{row}/{field}" if field and section in form.plan.tables and row is not None else paths[0]
