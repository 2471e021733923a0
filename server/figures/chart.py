"""Figures as a picture: an SVG made by leather, in the colour of the text around it, with words for who cannot see it.

No style or script is in it (the pages' policy allows none), and the table with the same figures stands beside it.
"""

from collections.abc import Sequence
from typing import Final
from xml.etree import ElementTree as ET

import leather
import minijinja
from leather import theme

WIDTH: Final = 360
HEIGHT: Final = 240

theme.background_color = "none"
theme.tick_font_size = 16
theme.tick_color = theme.zero_color = theme.label_color = theme.title_color = "currentColor"
theme.tick_font_family = theme.title_font_family = "inherit"


def columns(rows: Sequence[tuple[str, int]], title: str, describes: str) -> str:
    """Return a chart of columns as SVG, safe in a page: ``title`` names it, ``describes`` says what it shows."""
    chart = leather.Chart()
    chart.add_columns([(label, count) for label, count in rows], fill_color="currentColor")
    chart.add_y_scale(0, max(4, *(count for _, count in rows)))
    drawn = ET.fromstring(chart.to_svg(width=WIDTH, height=HEIGHT))  # noqa: S314 - made one line above
    for name in ("width", "height"):
        drawn.attrib.pop(name, None)
    drawn.set("viewBox", f"0 0 {WIDTH} {HEIGHT}")
    drawn.set("role", "img")
    drawn.set("aria-labelledby", "chart-title chart-desc")
    drawn.set("class", "chart")
    for place, (tag, words) in enumerate((("title", title), ("desc", describes))):
        said = ET.Element(f"{SVG}{tag}", {"id": f"chart-{tag}"})
        said.text = words
        drawn.insert(place, said)
    ET.register_namespace("", SVG.strip("{}"))
    for element in drawn.iter():  # grid lines are there to be seen past
        if element.tag == f"{SVG}line":
            element.set("opacity", "0.2")
    return minijinja.safe(ET.tostring(drawn, encoding="unicode"))


SVG: Final = "{http://www.w3.org/2000/svg}"
