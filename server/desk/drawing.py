"""How the desk's pages are drawn from their templates: the same in the server and where there is none."""

from collections.abc import Callable, Mapping
from typing import Any

import minijinja

from server.desk.posting import Render
from server.desk.words import Say


def environment(load: Callable[[str], str], say: Say) -> minijinja.Environment:
    """Return templates that speak with ``say``: every value is escaped, an undefined one is an error."""
    made = minijinja.Environment(
        loader=load,
        undefined_behavior="strict",
        auto_escape_callback=lambda name: name.endswith(".html"),
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.add_global("_", say)
    return made


def renderer(templates: Callable[[], minijinja.Environment], shell: Callable[[], Mapping[str, Any]]) -> Render:
    """Return what draws pages and parts of them; ``shell`` says what is around a page: ``css``, ``js``, ``icons``."""

    def render(template: str, **values: Any) -> str:
        if "/part_" not in template:
            return templates().render_template(template, **shell(), **values)
        if template.endswith("/part_answer.html"):
            values["changed"] = [{**each, "html": minijinja.safe(each["html"])} for each in values["changed"]]
        return templates().render_template(template, **values)

    return render
