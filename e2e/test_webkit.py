"""The journey without network in WebKitGTK, which has neither Background Sync nor, here, a way to keep storage."""

from collections.abc import Iterator

import pytest

from e2e.office import Office, values_of
from e2e.pages import CODE, FORM_PAGE, PASSWORD, form_document
from e2e.people import SINGLE
from e2e.proxy import FaultProxy
from e2e.webkit import WebKit, screen


@pytest.fixture
def webkit(proxy: FaultProxy) -> Iterator[WebKit]:
    """A citizen's browser that was never here."""
    with screen() as display:
        browser = WebKit(display, proxy.address)
        yield browser
        browser.quit()


def fill(browser: WebKit, path: str, kind: str, value: object) -> None:
    """Answer one question, given the canonical value."""
    if kind in ("date", "partial_date"):
        for part, text in zip(("year", "month", "day"), str(value).split("-"), strict=False):
            browser.write(f"{path}:{part}", text)
    elif isinstance(value, dict):
        browser.touch(f'[name="{path}:commune"][value="{value["commune"]}"]')
        browser.write(f"{path}:detail", value["detail"])
    elif browser.one(f'[name="{path}"]').get_attribute("type") == "radio":
        browser.touch(f'[name="{path}"][value="{str(value).lower()}"]')
    else:
        browser.write(path, str(value))


def test_a_form_is_filled_in_and_sent_where_there_is_only_a_worker_s_cache(webkit: WebKit, office: Office) -> None:
    webkit.go("/dang-nhap")
    webkit.write("user", "demo-1")
    webkit.write("password", PASSWORD)
    webkit.touch("[data-action=sign-in]")
    webkit.until("location.pathname === '/' && 'ready' in document.documentElement.dataset")
    webkit.kept_for_offline()
    office.stop()

    webkit.go(FORM_PAGE)
    webkit.driver.refresh()
    for section in form_document()["sections"]:
        answers = {path: value for path, value in SINGLE.items() if path.startswith(f"{section['key']}.")}
        if not answers:
            continue
        webkit.touch(f"a[data-section={section['key']}]")
        kinds = {f"{section['key']}.{field['key']}": field["kind"] for field in section["fields"]}
        for path, value in answers.items():
            fill(webkit, path, kinds[path], value)
        webkit.state("saved")
        webkit.go(FORM_PAGE)
    webkit.touch("[data-action=review]")
    webkit.touch("[data-action=submit]")
    webkit.until("location.pathname === '/cua-toi'")
    webkit.state("waiting")

    office.start()
    webkit.until("document.querySelector('[data-action=try-now]')?.click() ?? true")
    webkit.state("received")
    (stored,) = office.dossiers()
    assert values_of(stored) == values_of(stored) | SINGLE
    assert set(CODE.findall(webkit.one("main").text)) == {stored["code"]}
