"""What the product says: the gettext catalogues of `client/locale`, by key, in Vietnamese and English.

A message id is a key of ux.md (`net.offline`), a message a sentence with placeholders of one English name (`{time}`).
Run as a module it prints one catalogue as JSON, which is how the client's build gets its texts.
"""

import json
import sys
from functools import cache
from typing import Final

from babel.messages.pofile import read_po

import client

LANGUAGES: Final = ("vi", "en")
#: What the phone says, and what only the office's pages say.
CATALOGUES: Final = ("motcua", "desk")


@cache
def catalogue(language: str) -> dict[str, str]:
    """Return the sentences of a language by key.

    Raises:
        KeyError: there is no catalogue of this language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    return {key: words for name in CATALOGUES for key, words in _read(language, name).items()}


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
    sys.stdout.write(
        json.dumps({language: _read(language, CATALOGUES[0]) for language in LANGUAGES}, ensure_ascii=False)
    )
