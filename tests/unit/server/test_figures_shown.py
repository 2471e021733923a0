"""What the public sees of figures, targets and their lights, ranks with ties, and the picture."""

import itertools
import random
import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from server.figures.chart import columns
from server.figures.targets import Target, league, light, shipped, target_for
from server.figures.veil import COLUMNS, LEAST, PARTS, veiled, veiled_months
from server.store.catalogue import Unit


def row(new: int, online: int = 0, finished: int = 0, overdue: int = 0, assisted: int = 0) -> dict[str, Any]:
    return {
        "new": new, "online": online, "assisted": assisted, "finished": finished, "in_time": finished - overdue,
        "overdue": overdue, "online_percent": 1.0, "assisted_percent": 1.0, "in_time_percent": 1.0,
    }  # fmt: skip


def summed(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return {name: sum(each[name] for each in rows) for name in rows[0]}


def test_nothing_below_five_is_shown_nor_follows_from_what_is() -> None:
    chance = random.Random(7)
    for _ in range(400):
        rows = []
        for _ in range(chance.randint(1, 7)):
            new, finished = chance.choice((0, 1, 4, 5, 9, 40)), chance.choice((0, 2, 5, 7, 30))
            rows.append(row(new, chance.randint(0, new), finished, chance.randint(0, finished), chance.randint(0, new)))
        total, shown = veiled(summed(rows), rows)
        for told in (total, *shown):
            assert not any(told[name] is not None and 0 < told[name] < LEAST for name in COLUMNS)
            for part, whole in PARTS.items():
                if told[part] is not None and told[whole] is not None:
                    assert not 0 < told[whole] - told[part] < LEAST
            assert (told["in_time"] is None) == (told["overdue"] is None)
        for column in COLUMNS:
            if total[column] is not None:
                gone = [each[column] for each, told in zip(rows, shown, strict=True) if told[column] is None]
                assert not gone or (len(gone) > 1 and sum(gone) >= LEAST) or not any(told[column] for told in shown)


def test_what_is_large_enough_stays() -> None:
    rows = [row(40, 20, 30, 10, 10), row(0), row(50, 25, 30, 10, 20)]
    total, shown = veiled(summed(rows), rows)
    assert [each["hidden"] for each in (total, *shown)] == [[], [], [], []]
    assert veiled(row(40, 38), [])[0]["online_percent"] is None


def target(scope: str, percent: float = 50, period: str = "2026") -> Target:
    return Target("online_dossiers", scope, period, percent, "QĐ 1")


@pytest.mark.parametrize(
    ("share", "said"), [(50, "reached"), (49.99, "near"), (45, "near"), (44.99, "below"), (0, "below"), (None, "empty")]
)
def test_a_light_is_a_word(share: float | None, said: str) -> None:
    assert light(share, target("kind:commune")) == said
    assert light(share, None) == "none"


def test_a_units_own_target_comes_before_that_of_its_kind() -> None:
    unit = Unit("06154", "commune", "Xã Văn Lãng")
    targets = [target("kind:commune"), target("06154", 70), target("06154", 90, "2025")]
    found = [target_for(targets, "online_dossiers", unit, period) for period in ("2026-Q4", "2025", "2024")]
    assert [each and each.percent for each in found] == [70, 90, None]
    assert target_for(targets, "online_procedures", unit, "2026") is None
    assert target_for(targets, "online_dossiers", None, "2026") is None
    assert {(each.kpi, each.percent, each.most) for each in shipped()} == {
        ("online_procedures", 80, None), ("online_dossiers", 50, 90), ("online_dossiers", 50, None),
    }  # fmt: skip


def test_the_same_share_has_the_same_rank() -> None:
    rows = [{"name": name, "p": share} for name, share in (("a", 1.0), ("b", 3.0), ("c", 3.0), ("d", None), ("e", 2.0))]
    assert [(each["name"], each["rank"]) for each in league(rows, "p")] == [("b", 1), ("c", 1), ("e", 3), ("a", 4)]


def test_the_picture_has_words_and_nothing_that_the_policy_forbids() -> None:
    for counts in itertools.product((0, 3), repeat=2):
        drawn = columns([("01", counts[0]), ("02", counts[1])], "Tên <b>&", "Mô tả")
        tree = ET.fromstring(drawn)
        names = {element.tag.rpartition("}")[2] for element in tree.iter()}
        assert names <= {"svg", "g", "rect", "line", "text", "title", "desc"}
        assert not any(re.match(r"style|on|width", name) for name in tree.attrib)
        assert "style=" not in drawn
        assert tree[0].text == "Tên <b>&"
        assert tree.attrib["role"] == "img"


def test_a_small_month_is_not_told_by_the_year_without_the_others() -> None:
    months = [{"month": f"2026-{n:02}", "new": new} for n, new in enumerate((40, 3, 0, 9), 1)]
    assert [each["new"] for each in veiled_months(months)] == [40, None, 0, None], (
        "3 is not the year less what is shown"
    )
    assert [each["new"] for each in veiled_months(months[:1])] == [40]
