"""Fixed vectors of the condition language (forms.md §2). The random ones are in tests/property."""

from datetime import date
from typing import Any

import pytest

from schemas.conditions import Answers, Truth
from tests.unit.schemas.samples import OTHER_ROW, ROW, TODAY, field, form, section

OPTIONS = [{"value": v, "label": {"vi": v}} for v in ("a", "b", "male", "female", "nam")]
FORM = form(
    section(
        "s",
        field("name", "name"),
        field("other", "text"),
        field("born", "partial_date"),
        field("died", "date"),
        field("id", "citizen_id"),
        field("sex", "choice", options=OPTIONS),
        field("ways", "choices", options=OPTIONS),
        field("n", "integer"),
        field("area", "decimal"),
        field("ok", "yes_no"),
        field("home", "address"),
        field("now", "address"),
        field("sum", "computed", compute="total", of=["s.n"]),
        field("shut", "text", when={"field": "s.ok", "is": True}),
    ),
    section("t", field("x", "date"), field("y", "text"), rows={}, when={"not": {"field": "s.name", "is": "không"}}),
)
HOME = {"commune": "06154"}
T, F, U = True, False, None


def truth(
    condition: dict[str, Any], values: dict[str, Any], row: str | None = None, today: date = TODAY
) -> bool | None:
    return Answers(FORM, values, today).truth(condition, row)


@pytest.mark.parametrize(
    ("condition", "values", "expected"),
    [
        ({"field": "s.name", "is": "Thu\u0309y "}, {"s.name": "Thủy"}, T),
        ({"field": "s.name", "is": "An"}, {"s.name": "Ân"}, F),
        ({"field": "s.name", "is": "An"}, {}, U),
        ({"field": "s.name", "is": "An"}, {"s.name": ""}, U),
        ({"field": "s.name", "in": ["An", "Ân"]}, {"s.name": "Ân"}, T),
        ({"field": "s.ok", "is": True}, {"s.ok": 1}, F),
        ({"field": "s.ok", "is": False}, {"s.ok": False}, T),
        ({"field": "s.n", "is": 1}, {"s.n": True}, F),
        ({"field": "s.ways", "is": "a"}, {"s.ways/a": True, "s.ways/b": True}, T),
        ({"field": "s.ways", "in": ["male", "b"]}, {"s.ways/a": True}, F),
        ({"field": "s.ways", "is": "a"}, {"s.ways/a": False}, U),
        ({"field": "s.ways/a", "is": False}, {"s.ways/a": False}, T),
        ({"field": "s.ways", "filled": True}, {"s.ways/a": False}, F),
        ({"field": "s.name", "filled": True}, {}, F),
        ({"field": "s.ok", "filled": True}, {"s.ok": False}, T),
        ({"field": "s.home", "filled": True}, {"s.home": {"country": "VN"}}, F),
        ({"field": "s.home", "filled": True}, {"s.home": {"detail": "Kéo Van"}}, T),
        ({"field": "s.shut", "filled": True}, {"s.shut": "x"}, F),
        ({"field": "s.shut", "is": "x"}, {"s.shut": "x"}, U),
        ({"field": "s.shut", "is": "x"}, {"s.shut": "x", "s.ok": True}, T),
        ({"field": "z.none", "is": "x"}, {}, U),
        ({"field": "t.y", "is": "x"}, {f"t/{ROW}/y": "x"}, U),
        ({"field": "s.born", "before": "1987-01-01"}, {"s.born": "1986"}, T),
        ({"field": "s.born", "before": "1986-06-01"}, {"s.born": "1986"}, U),
        ({"field": "s.born", "before": "1986-01-01"}, {"s.born": "1986"}, F),
        ({"field": "s.born", "not_after": "1986-12-31"}, {"s.born": "1986"}, T),
        ({"field": "s.born", "not_after": "1985-12-31"}, {"s.born": "1986"}, F),
        ({"field": "s.born", "after": "1986-01-31"}, {"s.born": "1986-02"}, T),
        ({"field": "s.born", "after": "2000-02-29"}, {"s.born": "2000-02"}, F),
        ({"field": "s.born", "not_before": "2000-02-29"}, {"s.born": "2000-02"}, U),
        ({"field": "s.born", "not_before": "1900-02-28"}, {"s.born": "1900-02-28"}, T),
        ({"field": "s.died", "not_after": "today"}, {"s.died": "2026-11-24"}, T),
        ({"field": "s.died", "before": {"today": -60}}, {"s.died": "2026-09-25"}, F),
        ({"field": "s.died", "not_before": {"today": -60}}, {"s.died": "2026-09-25"}, T),
        ({"field": "s.died", "after": {"today": -99_999_999}}, {"s.died": "2026-09-25"}, T),
        ({"field": "s.died", "after": "s.born"}, {"s.died": "2026-09-25", "s.born": "1986"}, T),
        ({"field": "s.died", "after": "s.born"}, {"s.died": "2026-09-25"}, U),
        ({"field": "s.died", "after": "today"}, {"s.died": "soon"}, U),
        ({"field": "s.n", "at_least": 3}, {"s.n": 3}, T),
        ({"field": "s.n", "at_most": 2}, {"s.n": 3}, F),
        ({"field": "s.n", "at_least": 1, "at_most": 5}, {"s.n": 3}, T),
        ({"field": "s.n", "at_least": 1}, {"s.n": "x"}, U),
        ({"field": "s.n", "at_least": 1}, {"s.n": True}, U),
        ({"field": "s.area", "at_least": "0.5"}, {"s.area": "0.45"}, F),
        ({"field": "s.sum", "at_least": 3}, {"s.n": 3, "s.sum": 1}, T),
        ({"age": "s.born", "on": "today", "at_least": 18}, {"s.born": "2008-11-24"}, T),
        ({"age": "s.born", "on": "today", "at_least": 18}, {"s.born": "2008-11-25"}, F),
        ({"age": "s.born", "on": "today", "at_least": 18}, {"s.born": "2008"}, U),
        ({"age": "s.born", "on": "s.died", "at_most": 40}, {"s.born": "1986", "s.died": "2026-12-31"}, T),
        ({"age": "s.born", "on": "s.died", "at_most": 40}, {"s.born": "1986"}, U),
        ({"days": ["s.born", "today"], "at_most": 60}, {"s.born": "2026-09-25"}, T),
        ({"days": ["s.born", "today"], "at_most": 60}, {"s.born": "2026-09-24"}, F),
        ({"days": ["s.born", "today"], "at_most": 60}, {}, U),
        ({"count": "t", "at_least": 2}, {"s.name": "An", f"t/{ROW}/y": "x", f"t/{OTHER_ROW}/y": "x"}, T),
        (
            {"count": "t", "at_least": 2},
            {"s.name": "An", f"t/{ROW}/y": "x", f"t/{OTHER_ROW}/x": None, "t/odd/y": "x"},
            F,
        ),
        ({"count": "t", "at_least": 1}, {"s.name": "An", f"t/{ROW}": "here"}, F),
        ({"count": "t", "at_least": 0}, {"s.name": "không"}, U),
        ({"count": "none", "at_least": 0}, {}, U),
        ({"same": ["s.name", "s.other"]}, {"s.name": "Thủy", "s.other": "Thu\u0309y"}, T),
        ({"same": ["s.name", "s.other"]}, {"s.name": "Thủy"}, U),
        (
            {"same": ["s.home", "s.now"]},
            {"s.home": HOME, "s.now": {"country": "VN", "province": "20", "old": None} | HOME},
            T,
        ),
        ({"same": ["s.home", "s.now"]}, {"s.home": HOME, "s.now": {"country": "LA", "place": "Viêng Chăn"}}, F),
        ({"same": ["s.born", "s.died"]}, {"s.born": "1986", "s.died": "1986-05-03"}, U),
        ({"same": ["s.born", "s.died"]}, {"s.born": "1987", "s.died": "1986-05-03"}, F),
        ({"same": ["s.born", "s.died"]}, {"s.born": "1986-05-03", "s.died": "1986-05-03"}, T),
        ({"id_fits": "s.id"}, {"s.id": "020186001234"}, T),
        ({"id_fits": "s.id"}, {"s.id": "999186001234"}, F),
        ({"id_fits": "s.id"}, {}, U),
        ({"id_fits": "s.id"}, {"s.id": "0201860012x4"}, U),
        ({"id_fits": "s.id", "born": "s.born"}, {"s.id": "020186001234", "s.born": "1986"}, T),
        ({"id_fits": "s.id", "born": "s.born"}, {"s.id": "020386001234", "s.born": "1986"}, F),
        ({"id_fits": "s.id", "born": "s.born"}, {"s.id": "020186001234"}, U),
        ({"id_fits": "s.id", "sex": "s.sex"}, {"s.id": "020186001234", "s.sex": "female"}, T),
        ({"id_fits": "s.id", "sex": "s.sex"}, {"s.id": "020186001234", "s.sex": "nam"}, F),
        ({"id_fits": "s.id", "sex": "s.sex"}, {"s.id": "020186001234", "s.sex": "a"}, U),
    ],
)
def test_each_head_has_its_three_values(condition: dict[str, Any], values: dict[str, Any], expected: Truth) -> None:
    assert truth(condition, values) is expected


TRUE, FALSE, UNKNOWN = {"field": "s.ok", "is": True}, {"field": "s.ok", "is": False}, {"field": "s.name", "is": "x"}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ({"all": [TRUE, TRUE]}, T),
        ({"all": [TRUE, UNKNOWN]}, U),
        ({"all": [UNKNOWN, FALSE]}, F),
        ({"any": [UNKNOWN, TRUE]}, T),
        ({"any": [UNKNOWN, FALSE]}, U),
        ({"any": [FALSE, FALSE]}, F),
        ({"not": TRUE}, F),
        ({"not": UNKNOWN}, U),
    ],
)
def test_connectives_follow_kleene(condition: dict[str, Any], expected: Truth) -> None:
    assert truth(condition, {"s.ok": True}) is expected


def test_in_a_row_a_path_without_row_id_means_the_same_row() -> None:
    values = {f"t/{ROW}/y": "x", f"t/{OTHER_ROW}/y": "z", "s.name": "An"}
    assert truth({"field": "t.y", "is": "x"}, values, ROW) is True
    assert truth({"field": "t/y", "is": "x"}, values, OTHER_ROW) is False
    assert truth({"field": "s.name", "is": "An"}, values, ROW) is True


def test_a_ring_that_slipped_through_ends_all_the_same() -> None:
    ring = form(
        section(
            "s",
            field("a", "text", when={"field": "s.b", "filled": True}),
            field("b", "text", when={"field": "s.a", "filled": True}),
            field("c", "computed", compute="total", of=["s.c"]),
        )
    )
    answers = Answers(ring, {"s.a": "x", "s.b": "x"}, TODAY)
    assert answers.truth({"field": "s.a", "filled": True}, None) is True
    assert answers.truth({"field": "s.c", "filled": True}, None) is False
