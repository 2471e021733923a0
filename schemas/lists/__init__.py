"""Lists that many forms share, served once at ``/forms/lists/{name}``.

``ethnic_groups``, ``countries`` and ``provinces`` are answers that a field may name in ``options``: their values follow
the grammar of keys (``lang_son``), and an official code (``20``, ``VN``), where there is one, stands beside it in
``code``. An address holds the codes. ``communes`` are the 65 of Lạng Sơn since 1 July 2025 with the names they had
before; it is no list of answers.
"""

from pathlib import Path
from typing import Final

OPTION_LISTS: Final = ("ethnic_groups", "countries", "provinces")
NAMES: Final = (*OPTION_LISTS, "communes")

_FOLDER: Final = Path(__file__).parent


def raw(name: str) -> bytes:
    """Return a shared list as JSON.

    Raises:
        KeyError: there is no list of this name.
    """
    if name not in NAMES:
        raise KeyError(name)
    return (_FOLDER / f"{name}.json").read_bytes()
