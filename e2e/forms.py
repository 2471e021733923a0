"""Forms of the tests' own: one with every kind of field, one of 300 fields with hostile labels, one in two versions."""

import json
from typing import Any, Final

from e2e.office import Office
from server.cli import transaction
from server.store.catalogue import publish
from server.store.store import now_ms

KINDS: Final = "9.000001"
MANY: Final = "9.000300"
TWICE: Final = "9.000002"
MARKUP: Final = '</script><img src=x onerror="window.hurt=1"><b>\'&amp;'
RIGHT_TO_LEFT: Final = "\u202eشهادة ميلاد\u202c تسجيل"
LONG_TITLE: Final = ("Cấp Giấy xác nhận tình trạng hôn nhân cho người từng cư trú ở nhiều nơi " * 4)[:200].strip()
UNBROKEN: Final = "Nguyễnthịhoàngngọcánhtuyếtmaiphươngthảo" * 5


def label(vi: str) -> dict[str, str]:
    """Say a label in both languages."""
    return {"vi": vi, "en": vi}


def field(key: str, kind: str, vi: str, **more: Any) -> dict[str, Any]:
    """Describe a field."""
    return {"key": key, "kind": kind, "label": label(vi), **more}


def option(value: str, vi: str) -> dict[str, Any]:
    """Describe an answer to choose."""
    return {"value": value, "label": label(vi)}


def section(key: str, vi: str, *fields: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe a section."""
    return {"key": key, "title": label(vi), "fields": list(fields), **more}


POST_OR_OTHER: Final = [option("post", "Bưu điện"), option("other", "Khác")]
TEN_PAPERS: Final = [option(f"o{n}", f"Giấy thứ {n}") for n in range(1, 11)]


def form(procedure: str, version: int, title: str, *sections: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Describe a form."""
    return {"procedure": procedure, "version": version, "title": label(title), "sections": list(sections), **more}


def put_out(office: Office, *forms: dict[str, Any]) -> None:
    """Publish forms, and start the server anew: it then serves them from its first answer on."""
    office.stop()
    with transaction(office.data) as conn:
        for each in forms:
            publish(conn, json.dumps(each, ensure_ascii=False).encode(), now_ms())
    office.start()


def form_page(procedure: str) -> str:
    """Address of a form."""
    return f"/to-khai/{procedure}"


def every_kind() -> dict[str, Any]:
    """Make a form with every kind of field, each that can be odd in a section of its own."""
    return form(
        KINDS, 1, "Tờ khai có đủ mọi kiểu câu hỏi",
        section(
            "who", "Người khai",
            field("name", "name", "Họ, chữ đệm, tên", required=True),
            field("born", "partial_date", "Ngày sinh", required=True),
            field("citizen_id", "citizen_id", "Số định danh cá nhân", sensitive=True),
            field("phone", "phone", "Số điện thoại"),
            field("home", "address", "Nơi cư trú"),
        ),
        section(
            "plain", "Các câu thường",
            field("day", "date", "Ngày cấp"),
            field("hour", "time", "Giờ hẹn"),
            field("mail", "email", "Thư điện tử"),
            field("passport", "passport", "Số hộ chiếu"),
            field("sum", "money", "Số tiền"),
            field("words", "computed", "Số tiền bằng chữ", compute="money_in_words", of=["plain.sum"]),
            field("number", "integer", "Số bản", min=1, max=20),
            field("area", "decimal", "Diện tích (ha)", places=2),
            field("unit", "unit", "Nơi nhận"),
            field("about", "long_text", "Nội dung", length_max=200),
        ),
        section(
            "choose", "Các câu chọn",
            field("few", "choice", "Hình thức", required=True, options=POST_OR_OTHER),
            field("last", "text", "Câu cuối"),
            field("which", "text", "Hình thức khác là gì", when={"field": "choose.few", "is": "other"}, required=True),
            field("why", "text", "Vì sao", when={"field": "choose.which", "filled": True}),
            field("people", "choice", "Dân tộc", options="ethnic_groups"),
            field("many", "choices", "Giấy tờ có sẵn", options=TEN_PAPERS),
            field("agreed", "yes_no", "Đồng ý không"),
        ),
        section("extra", "Phần thêm", field("note", "text", "Ghi thêm"), when={"field": "choose.agreed", "is": True}),
        section(
            "children", "Các con",
            field("name", "name", "Họ tên con", required=True),
            field("born", "date", "Ngày sinh con", required=True),
            field("citizen_id", "citizen_id", "Số định danh của con", sensitive=True),
            rows={"min": 0, "max": 3},
        ),
        rules=[{
            "id": "fits", "check": {"id_fits": "who.citizen_id", "born": "who.born"}, "level": "warn",
            "fields": ["who.citizen_id", "who.born"], "message": label("Số định danh không khớp với ngày sinh."),
        }],
    )  # fmt: skip


def many_fields() -> dict[str, Any]:
    """Make a form of 300 fields: conditions eight deep, labels that would break a careless page."""
    names = [MARKUP, RIGHT_TO_LEFT, LONG_TITLE, UNBROKEN, "Câu hỏi bình thường"]
    kinds = ["text", "long_text", "name", "partial_date", "choice", "yes_no", "integer", "money", "address", "text"]
    sections = []
    for number in range(30):
        fields = []
        for place, kind in enumerate(kinds):
            more: dict[str, Any] = {"help": label(names[(number + place + 1) % 5])} if place % 3 == 0 else {}
            if kind == "choice":
                more["options"] = [option(f"v{n}", names[n % 5]) for n in range(6)]
            if place in (1, 2, 3) and number:
                more["when"] = {"field": f"s{number}.f{place - 1}", "filled": True}
            if place == 9 and number < 5:
                more["when"] = deep(f"s{number}.f0", 5)
            fields.append(field(f"f{place}", kind, names[(number + place) % 5], **more))
        sections.append(section(f"s{number}", names[number % 5], *fields))
    return form(MANY, 1, LONG_TITLE, *sections)


def deep(path: str, depth: int) -> dict[str, Any]:
    """Nest a condition."""
    inner = deep(path, depth - 1) if depth else {"field": path, "filled": True}
    return {"all": [inner, {"not": {"field": path, "is": "không"}}]}


def first_version() -> dict[str, Any]:
    """Make version 1 of the form that has two."""
    return form(
        TWICE, 1, "Đơn xin xác nhận",
        section(
            "applicant", "Người xin",
            field("name", "name", "Họ và tên", required=True),
            field("fax", "text", "Số fax"),
            field("home", "address", "Nơi ở", required=True),
        ),
        section("matter", "Việc xin", field("text", "long_text", "Nội dung xin", required=True)),
        slots=[{"key": "card", "title": label("Thẻ căn cước")}],
    )  # fmt: skip


def second_version(**more: Any) -> dict[str, Any]:
    """Make version 2: a name moved, a number and a paper without a place, a question and a paper that are new."""
    return form(
        TWICE, 2, "Đơn xin xác nhận",
        section(
            "applicant", "Người xin",
            field("full_name", "name", "Họ, chữ đệm, tên", required=True),
            field("home", "address", "Nơi ở", required=True),
            field("phone", "phone", "Số điện thoại", required=True),
        ),
        section("matter", "Việc xin", field("text", "long_text", "Nội dung xin", required=True)),
        slots=[{"key": "deed", "title": label("Giấy tờ về chỗ ở")}],
        moves={"from": 1, "rename": {"applicant.name": "applicant.full_name"}, "drop": ["applicant.fax"]},
        **more,
    )  # fmt: skip
