"""What the public sees of figures, targets and their lights, ranks with ties, and the picture."""

import itertools
import re
from xml.etree import ElementTree as ET

import pytest

from server.figures.chart import columns
from server.figures.targets import Target, league, light, shipped, target_for
from server.store.catalogue import Unit


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
