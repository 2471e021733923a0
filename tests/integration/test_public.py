"""What everybody may read: forms, lists, health, metrics, the description of the routes."""

import pytest

from tests.integration.caller import Caller, problem


@pytest.mark.parametrize("path", ["/forms/1.004873", "/forms/1.004873@1", "/forms/lists/ethnic_groups"])
def test_documents_come_with_a_tag_and_are_not_sent_twice(nobody: Caller, path: str) -> None:
    first = nobody.http.get(path)
    assert first.headers["content-type"] == "application/json"
    again = nobody.http.get(path, headers={"If-None-Match": f'W/"x", {first.headers["etag"]}'})
    assert (again.status_code, again.content) == (304, b"")
    assert first.content


@pytest.mark.parametrize(
    "path",
    [
        "/forms/1.004873@2", "/forms/1.004873@", "/forms/1.004873@x", "/forms/@1", "/forms/1.004873@99999999999",
        "/forms/1.004873@١", "/forms/lists/secrets", "/forms/lists/..%2fpeople", "/forms/%00",
    ],
)  # fmt: skip
def test_what_is_not_there_is_not_found(nobody: Caller, path: str) -> None:
    assert problem(nobody.http.get(path)) == "not-found"


def test_health_metrics_and_description_say_nothing_personal(nobody: Caller, citizen: Caller) -> None:
    assert nobody.http.get("/health").json() == {"status": "ok", "epoch": "e1"}
    assert "motcua_commits_total" in nobody.http.get("/metrics").text
    described = nobody.http.get("/openapi.json").json()
    assert {"/sync/v1", "/sync/v1/snapshot", "/accounts", "/forms/{code}"} <= set(described["paths"])
    assert citizen.http.get("/accounts/me").json()["name"] not in nobody.http.get("/metrics").text
