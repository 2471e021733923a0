"""Whatever is published of figures together, no hidden count follows from it: some other log publishes the same."""

import itertools
from collections import defaultdict
from operator import itemgetter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from server.figures.veil import LEAST, PARTS, WHOLES, Month, published, summed, together

UNITS, FIELDS = ("a", "b", "c"), ("x", "y")
#: How many dossiers a unit has of a field: none, some few, and enough.
CELLS = (0, 1, 3, 4, 5, 6)


def month_of(cells: dict[tuple[str, str], int]) -> Month:
    """Return what is published of a month, where nothing was finished and nothing came online."""
    nothing = dict.fromkeys((*PARTS, "finished"), 0)
    by_unit = {unit: {**nothing, "new": sum(cells[unit, field] for field in FIELDS)} for unit in UNITS}
    by_field = {field: {**nothing, "new": sum(cells[unit, field] for unit in UNITS)} for field in FIELDS}
    return published({"unit": by_unit, "field": by_field})


def frozen(month: Month) -> Any:
    return tuple(
        (by, tuple((key, row["new"]) for key, row in rows.items())) for by, rows in month.tables.items()
    ), month.total["new"]


def truth(cells: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    units = {("unit", unit): sum(cells[unit, field] for field in FIELDS) for unit in UNITS}
    return units | {("field", field): sum(cells[unit, field] for unit in UNITS) for field in FIELDS}


def test_every_hidden_count_could_be_another_in_all_tables_at_once() -> None:
    """Try all logs of three units and two fields: who knows the rules and all tables is left with several values."""
    possible: dict[Any, dict[tuple[str, str], set[int]]] = {}
    hidden: dict[Any, list[tuple[str, str]]] = {}
    places = list(itertools.product(UNITS, FIELDS))
    for counts in itertools.product(CELLS, repeat=len(places)):
        cells = dict(zip(places, counts, strict=True))
        month, counted = month_of(cells), truth(cells)
        seen = frozen(month)
        values = possible.setdefault(seen, defaultdict(set))
        for place, count in counted.items():
            values[place].add(count)
        hidden[seen] = [
            (by, key) for by, rows in month.tables.items() for key, row in rows.items() if row["new"] is None
        ]
        assert not any(0 < (row["new"] or 0) < LEAST for rows in month.tables.values() for row in rows.values())
    found_out = [(seen, place) for seen, places in hidden.items() for place in places if len(possible[seen][place]) < 2]
    assert found_out == []


@given(st.lists(st.integers(0, 40), min_size=2, max_size=5), st.data())
def test_a_hidden_part_has_several_values_and_no_total_of_parts_is_told(news: list[int], data: st.DataObject) -> None:
    units = [f"u{n}" for n in range(len(news))]
    rows = {}
    for unit, new in zip(units, news, strict=True):
        parts = {"online": data.draw(st.integers(0, new)), "assisted": data.draw(st.integers(0, new))}
        overdue = data.draw(st.integers(0, new))
        rows[unit] = {"new": new, "finished": new, **parts, "overdue": overdue, "in_time": new - overdue}
    month = published({"unit": rows})
    assert set(month.total) == set(WHOLES)
    for unit, row in rows.items():
        shown = month.tables["unit"][unit]
        for part, whole in PARTS.items():
            if shown[part] is not None:
                rest = row[whole] - row[part]
                assert all(each == 0 or each >= LEAST for each in (row[part], rest))
            elif shown[whole] is not None:
                others = [n for n in range(row[whole] + 1) if 0 < n < LEAST or 0 < row[whole] - n < LEAST]
                assert len(others) > 1, "each of them would be hidden just so"
        assert (shown["in_time"] is None) == (shown["overdue"] is None)


counts = st.sampled_from((0, 1, 4, 5, 9, 40))
month = st.lists(counts, min_size=3, max_size=3).map(
    lambda news: published(
        {"unit": {unit: {**dict.fromkeys(PARTS, 0), "new": n, "finished": n, "in_time": n}
                  for unit, n in zip(UNITS, news, strict=True)}}
    )
)  # fmt: skip


@given(st.lists(month, max_size=12))
def test_a_period_says_nothing_that_its_months_do_not(months: list[Month]) -> None:
    """What a year shows is computed here from the months' own tables alone, so that it can tell nothing besides."""
    year = together(months, "unit")
    for unit, row in year.items():
        news = [each.tables["unit"][unit]["new"] for each in months]
        assert row["new"].count == sum(n for n in news if n is not None)
        assert row["new"].whole == (None not in news)
        assert (row["new"].shown is None) == (None in news and not any(news))
    total = summed([each.total for each in months])
    assert total["new"].count == sum(each.total["new"] or 0 for each in months)
    assert total["of_online"] == 0, "the months' totals have no parts"


@given(st.dictionaries(st.tuples(st.sampled_from("xyz"), st.sampled_from(("full", "partial"))), counts, min_size=2))
def test_fields_and_levels_say_nothing_that_their_kinds_do_not(kinds: dict[tuple[str, str], int]) -> None:
    """Everybody knows which level a procedure has, so a level less its fields must leave nothing that was hidden."""
    nothing = dict.fromkeys((*PARTS, "finished"), 0)
    rows = {kind: {**nothing, "new": n} for kind, n in kinds.items()}
    month = published({"unit": {"a": {**nothing, "new": sum(kinds.values())}}, "kind": rows})
    shown = month.tables["kind"]
    for place in (0, 1):
        for key, row in together([month], "kind", itemgetter(place)).items():
            inside = [shown[kind]["new"] for kind in kinds if kind[place] == key]
            assert row["new"].count == sum(n for n in inside if n is not None)
            assert row["new"].whole == (None not in inside)
