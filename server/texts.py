"""What the product says: the gettext catalogues of `client/locale`, by key, in Vietnamese and English.

A message id is a key of ux.md (`net.offline`), a message a sentence with placeholders of one English name (`{time}`).
Run as a module it prints one catalogue as JSON, which is how the client's build gets its texts.
"""

import json
import sys
from collections.abc import Iterable
from functools import cache
from typing import Final

from babel.messages.pofile import read_po

import client

LANGUAGES: Final = ("vi", "en")
#: What a phone needs before a form is usable. The other catalogues of the folder come after it, but for the office's.
FIRST: Final = ("motcua", "inputs")
OFFICE: Final = ("desk", "papers", "ended")
#: What a part of the script that comes last brings with it: of the office, of searching, of papers, slips, the field.
LATER: Final = ("office", "finding", "settings", "slip", "checklist", "field")
#: What stands in pages and no script says.
PAGES: Final = ("public", "claims", "catalogue", "figures")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language by key.

    Raises:
        KeyError: there is no catalogue of this language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return {key: words for name in names() for key, words in _read(language, name).items()}


@cache
def names() -> tuple[str, ...]:
    """Return the names of the catalogues there are, sorted."""
    return tuple(sorted(path.stem for path in (client.ROOT / "locale" / "vi" / "LC_MESSAGES").glob("*.po")))


def for_phones() -> dict[str, dict[str, dict[str, str]]]:
    """Return what phones say, by language, in parts: ``first``, ``after``, one for each of `LATER`, ``pages``."""
    apart = (*FIRST, *OFFICE, *LATER, *PAGES)
    parts: dict[str, Iterable[str]] = {
        "first": [name for name in FIRST if name in names()],
        "after": [name for name in names() if name not in apart],
        **{name: [name] for name in LATER},
        "pages": PAGES,
    }
    return {
        language: {
            part: {key: words for name in of for key, words in _read(language, name).items()}
            for part, of in parts.items()
        }
        for language in LANGUAGES
    }


def _read(language: str, name: str) -> dict[str, str]:
    with (client.ROOT / "locale" / language / "LC_MESSAGES" / f"{name}.po").open("rb") as file:
        read = read_po(file, locale=language)
    return {str(message.id): str(message.string) for message in read if message.id}


def text(key: str, language: str = "vi", **values: object) -> str:
    """Return a sentence with its placeholders filled in.

    Raises:
        KeyError: the catalogue has no such key, or a placeholder has no value.
    """
    return catalogue(language)[key].format(**values)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(for_phones(), ensure_ascii=False))
