"""The options of a table's choices: their values are slugs of their labels, which are kept as they are."""

from typing import Any, Final

from schemas.shapes import Object
from schemas.tables.papers import Point
from schemas.tables.reading import text_of
from schemas.tables.sayings import same
from schemas.tables.slugs import Keys, label_of, slug

_OPTION_KEYS: Final = frozenset({"label", "label_vi", "label_en"})


def options_of(options: list[Any], at: str, path: str, answers: dict[str, str], point: Point) -> list[dict[str, Any]]:
    """Return the options of a choice, and note their values by label in ``answers``."""
    keys = Keys()
    made = []
    for index, option in enumerate(options):
        where, label = f"{at}.options[{index}]", _label(option)
        if label is None:
            point(path, where, text_of(option), "an option without a label")
            continue
        value = keys.take(slug(label["vi"], "o"))
        if same(label["vi"]) in answers:
            point(path, where, label["vi"], "an option that is there already")
        for extra in option.keys() - _OPTION_KEYS if isinstance(option, Object) else ():
            point(path, f"{where}.{extra}", text_of(option[extra]), "a key that tables do not have")
        answers.setdefault(same(label["vi"]), value)
        made.append({"value": value, "label": label})
    return made


def _label(option: Any) -> dict[str, str] | None:
    """Return an option's label: text, a number, or an object with ``label_vi`` or ``label``."""
    if isinstance(option, Object):
        label = option.get("label_vi") or option.get("label")
        return label_of(label, option.get("label_en")) if isinstance(label, str) and label.strip() else None
    if isinstance(option, int | float) and not isinstance(option, bool):
        return {"vi": str(option)}
    return {"vi": option} if isinstance(option, str) and option.strip() else None
