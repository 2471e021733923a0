"""Forms: what a province's IT person writes, and what server and phone both read (forms.md §1).

Rule 1. A form is a value. A published version never changes, so what is compiled from it is kept beside it.
Rule 2. A path finds its field with one dict look-up (`Plan.field`); only a path into a row is taken apart first.
Rule 3. Structure is checked here, by decoding; meaning (paths that exist, cycles, lists that are known) is checked by
`schemas.checking.check_document` before a form is published, so the engine never meets a form that is not sound.
"""

import re
from functools import cached_property
from typing import Annotated, Any, Final, Literal, get_args

import msgspec
from msgspec import Meta, Struct

from schemas import lists
from schemas.ids import is_id

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")

Kind = Literal[
    "text",
    "long_text",
    "name",
    "date",
    "partial_date",
    "time",
    "citizen_id",
    "phone",
    "email",
    "passport",
    "address",
    "unit",
    "choice",
    "choices",
    "integer",
    "decimal",
    "money",
    "yes_no",
    "computed",
]
Policy = Literal["latest", "ask", "office", "computed"]
Compute = Literal["fee_copies", "total", "date_in_words", "money_in_words"]
Level = Literal["error", "warn"]
SlotKind = Literal["image", "pdf"]

KINDS: Final[tuple[str, ...]] = get_args(Kind)
ASKED_KINDS: Final = frozenset({"name", "date", "partial_date", "citizen_id", "passport", "money"})

Key = Annotated[str, Meta(pattern=r"\A[a-z][a-z0-9_]{0,39}\Z")]
Condition = dict[str, Any]
Count = Annotated[int, Meta(ge=0, le=2**53 - 1)]


class Fault(Struct, frozen=True):
    """What is wrong with a form document: where (``sections[0].fields[2].kind``), why, and the value found there."""

    path: str
    reason: str
    value: Any = None


class FormFault(ValueError):
    """A form document that cannot be read. ``faults`` holds at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.reason}" for fault in faults))
        self.faults = faults


class Label(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A text in Vietnamese and perhaps in English."""

    vi: str
    en: str | None = None


class Option(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """One answer of a choice. ``code`` is its official code, where a shared list has one."""

    value: Key
    label: Label
    code: str | None = None


class Field(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """One question. Bounds are whole numbers, or text for ``decimal`` (``"0.5"``) and dates (``"1900-01-01"``)."""

    key: Key
    kind: Kind
    label: Label
    required: bool | Condition = False
    when: Condition | None = None
    help: Label | None = None
    default: Any = None
    min: int | str | None = None
    max: int | str | None = None
    length_min: Count | None = None
    length_max: Count | None = None
    places: Count | None = None
    compute: Compute | None = None
    of: list[str] | None = None
    options: list[Option] | str | None = None
    policy: Policy | None = None
    sensitive: bool = False
    print: bool = False
    autocomplete: str | None = None
    audio: str | None = None


class Rows(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How many rows a section may have."""

    min: Count = 0
    max: Count | None = None


class Section(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Questions of one topic; with ``rows`` they are asked once for each row."""

    key: Key
    title: Label
    fields: list[Field]
    when: Condition | None = None
    help: Label | None = None
    rows: Rows | None = None


class Rule(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """Something that must hold between answers; broken, it is shown at the first of ``fields``."""

    id: Annotated[str, Meta(min_length=1, max_length=80)]
    check: Condition
    level: Level
    message: Label
    fields: list[str] = msgspec.field(default_factory=list)


class Slot(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True):
    """A paper of which photographs or files are wanted."""

    key: Key
    title: Label
    required: bool | Condition = False
    help: Label | None = None
    kinds: list[SlotKind] = msgspec.field(default_factory=lambda: ["image", "pdf"])
    pages_max: Annotated[int, Meta(ge=1, le=10_000)] = 10
    bytes_max: Annotated[int, Meta(ge=1, le=2**40)] = 6_291_456


class Moves(Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """How a draft of an earlier version comes over."""

    from_: int = msgspec.field(name="from")
    rename: dict[str, str] = msgspec.field(default_factory=dict)
    drop: list[str] = msgspec.field(default_factory=list)


class FieldSpec(Struct, frozen=True, kw_only=True):
    """A field as the engine needs it, its defaults filled in.

    ``path`` is the pattern, with ``*`` for a row id (``members/*/name``); ``option`` is set on the parts of a
    ``choices`` field, each a true or false of its own; ``values`` are a choice's answers.
    """

    path: str
    section: str
    key: str
    kind: str
    policy: Policy
    label: Label
    in_row: bool = False
    sensitive: bool = False
    print: bool = False
    option: str | None = None
    values: frozenset[str] | None = None
    min: int | str | None = None
    max: int | str | None = None
    length_min: int | None = None
    length_max: int | None = None
    places: int | None = None


def policy_of(field: Field) -> Policy:
    """Return the policy a field declares, or that of its kind."""
    if field.kind == "computed":
        return "computed"
    if field.policy is not None:
        return field.policy
    return "ask" if field.print or field.kind in ASKED_KINDS else "latest"


def options_of(field: Field) -> list[Option]:
    """Return the answers of a choice, those of its shared list where it names one."""
    if isinstance(field.options, str):
        return shared_options(field.options)
    return field.options or []


_shared: dict[str, list[Option]] = {}


def shared_options(name: str) -> list[Option]:
    """Return the answers of a shared list; an unknown list has none."""
    if name not in lists.OPTION_LISTS:
        return []
    if name not in _shared:
        _shared[name] = msgspec.json.decode(lists.raw(name), type=list[Option])
    return _shared[name]


class Plan:
    """The look-ups of one form, compiled once.

    ``sections`` by key, ``tables`` the keys of those with rows, ``asked`` each field with its section by
    ``section.field``, a row's fields too. ``computes`` says whether any field is computed.
    """

    def __init__(self, form: "Form") -> None:
        self._fields: dict[str, FieldSpec] = {}
        self._row_fields: dict[str, FieldSpec] = {}
        self._rows: dict[str, FieldSpec] = {}
        self._slots = {slot.key: slot for slot in form.slots}
        self.sections = {section.key: section for section in form.sections}
        self.tables = tuple(section.key for section in form.sections if section.rows is not None)
        self.asked = {
            f"{section.key}.{field.key}": (section, field) for section in form.sections for field in section.fields
        }
        #: Found out by who reads the form: each rule's table, and what a path of a condition names.
        self.named: dict[str, tuple[Section | None, Field | None, str, str | None]] = {}
        #: What may be found missing, in the order of the form: each section with its fields that are ever required.
        self.wanted = [(section, [f for f in section.fields if f.required]) for section in form.sections]
        self.ruled: list[tuple[Rule, str | None]] | None = None
        self.computes = any(field.kind == "computed" for _, field in self.asked.values())
        #: The policy of each field that is one cell of its own; rows' fields and options are asked of ``field``.
        self.policies: dict[str, Policy] = {}
        for section in form.sections:
            if section.rows is not None:
                self._rows[section.key] = FieldSpec(
                    path=f"{section.key}/*",
                    section=section.key,
                    key=section.key,
                    kind="row",
                    policy="ask",
                    label=section.title,
                    in_row=True,
                )
            for field in section.fields:
                self._add(section, field)

    def _add(self, section: Section, field: Field) -> None:
        in_row = section.rows is not None
        known = self._row_fields if in_row else self._fields
        start = f"{section.key}/" if in_row else f"{section.key}."
        for name, spec in _specs(section, field):
            known[start + name] = spec
            if not in_row and spec.option is None:
                self.policies[start + name] = spec.policy

    def field(self, path: str) -> FieldSpec | None:
        """Return the field at a path of the wire, or null.

        A ``choices`` field is known by the paths of its options only; ``section/{row id}`` is of kind ``row``.
        """
        spec = self._fields.get(path)
        if spec is not None or "/" not in path:
            return spec
        section, row, *rest = path.split("/", 2)
        if not is_id(row):
            return None
        return self._row_fields.get(f"{section}/{rest[0]}") if rest else self._rows.get(section)

    def slot(self, key: str) -> Slot | None:
        """Return the slot of a key, or null."""
        return self._slots.get(key)


def _specs(section: Section, field: Field) -> list[tuple[str, FieldSpec]]:
    options = options_of(field)
    spec = FieldSpec(
        path=f"{section.key}/*/{field.key}" if section.rows is not None else f"{section.key}.{field.key}",
        section=section.key,
        key=field.key,
        kind=field.kind,
        policy=policy_of(field),
        label=field.label,
        in_row=section.rows is not None,
        sensitive=field.sensitive,
        print=field.print,
        values=frozenset(option.value for option in options) if options else None,
        min=field.min,
        max=field.max,
        length_min=field.length_min,
        length_max=field.length_max,
        places=field.places,
    )
    if field.kind != "choices":
        return [(field.key, spec)]
    return [
        (
            f"{field.key}/{option.value}",
            msgspec.structs.replace(
                spec, path=f"{spec.path}/{option.value}", label=option.label, option=option.value, values=None
            ),
        )
        for option in options
    ]


class Form(Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True, dict=True):
    """One version of a procedure's form."""

    procedure: Annotated[str, Meta(min_length=1, max_length=40)]
    version: Annotated[int, Meta(ge=1, le=2**31)]
    title: Label
    sections: list[Section]
    effective_from: str | None = None
    effective_to: str | None = None
    source: str | None = None
    verified: bool = False
    rules: list[Rule] = msgspec.field(default_factory=list)
    slots: list[Slot] = msgspec.field(default_factory=list)
    moves: Moves | None = None

    @cached_property
    def plan(self) -> Plan:
        """Return the form's look-ups, compiled at the first use."""
        return Plan(self)

    @property
    def id(self) -> str:
        """Return the name that ops call this version by, ``1.004873@2``."""
        return f"{self.procedure}@{self.version}"


_decoder = msgspec.json.Decoder(Form)


def decode_form(raw: bytes | str) -> Form:
    """Read a form document.

    Raises:
        FormFault: it is not JSON or not a form; `schemas.checking.check_document` says all that is wrong with it.
    """
    try:
        return _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as fault:
        reason, _, where = str(fault).partition(" - at `$")
        raise FormFault([Fault(where.rstrip("`").lstrip("."), reason)]) from fault
