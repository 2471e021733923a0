"""The stylesheet's colours are legible in sunlight: ratios computed as WCAG 2.2 does, from the tokens themselves."""

import re

import pytest

import client

CSS = (client.ROOT / "css" / "app.css").read_text(encoding="utf-8")
DARK_AT = CSS.index("@media (prefers-color-scheme: dark)")
TONES = ("accent", "wait", "ok", "need")


def tokens(css: str) -> dict[str, str]:
    """Read the colours of one scheme."""
    return dict(re.findall(r"--([a-z0-9-]+):\s*(#[0-9A-F]{6})", css))


SCHEMES = {"light": tokens(CSS[:DARK_AT]), "dark": tokens(CSS[DARK_AT:])}


def luminance(colour: str) -> float:
    """Return the relative luminance of #RRGGBB."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def ratio(one: str, other: str) -> float:
    """Return the contrast ratio of two colours."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> dict[str, str]:
    return SCHEMES[request.param]


def test_both_schemes_have_the_same_tokens() -> None:
    assert set(SCHEMES["light"]) == set(SCHEMES["dark"])


@pytest.mark.parametrize("ground", ["bg", "surface"])
@pytest.mark.parametrize("words", ["ink", "ink-2", *TONES])
def test_text_has_seven_to_one_on_page_and_surface(scheme: dict[str, str], words: str, ground: str) -> None:
    assert ratio(scheme[words], scheme[ground]) >= 7


@pytest.mark.parametrize("tone", TONES)
def test_a_tone_and_the_ink_have_seven_to_one_on_its_own_soft(scheme: dict[str, str], tone: str) -> None:
    assert ratio(scheme[tone], scheme[f"{tone}-soft"]) >= 7
    assert ratio(scheme["ink"], scheme[f"{tone}-soft"]) >= 7


def test_buttons_edges_and_focus_can_be_seen(scheme: dict[str, str]) -> None:
    assert ratio(scheme["accent-ink"], scheme["accent"]) >= 7
    assert ratio(scheme["line"], scheme["bg"]) >= 4.5
    assert ratio(scheme["focus-out"], scheme["focus-in"]) >= 7
    assert ratio(scheme["focus-out"], scheme["bg"]) >= 7


def test_the_ratios_are_those_of_the_design() -> None:
    light = SCHEMES["light"]
    assert round(ratio(light["ink"], light["bg"]), 1) == 16.2
    assert round(ratio(light["need"], light["need-soft"]), 1) == 7.1
