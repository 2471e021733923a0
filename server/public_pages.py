"""The pages that say what this is, help, and tell what becomes of people's information: texts by key, in order."""

from typing import Final

from msgspec import Struct

from server.texts import catalogue

#: Addresses, and how the keys of their texts begin.
PUBLIC: Final = {"/gioi-thieu": "about", "/giup-do": "help", "/rieng-tu": "privacy", "/tiep-can": "access"}
HEADING: Final = "_h"


class Part(Struct, frozen=True):
    """A heading with its paragraphs, as keys of texts."""

    heading: str
    paragraphs: list[str]


def parts_of(page: str) -> list[Part]:
    """Return what a page says, in the order of its catalogue."""
    parts: list[Part] = []
    for key in catalogue("vi"):
        if not key.startswith(f"{page}.") or key == f"{page}.title":
            continue
        if key.endswith(HEADING):
            parts.append(Part(key, []))
        else:
            parts[-1].paragraphs.append(key)
    return parts
