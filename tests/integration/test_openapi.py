"""The description of the routes is true, and whatever is made from it is answered as it says."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from server.app import create_app
from server.routes.openapi import _document
from server.settings import Settings
from tests.integration.caller import Caller
from tests.integration.rights import litestar_of, routes_of, run
from tests.integration.test_accounts_password import joined

#: Some examples an operation, the same at every run.
BOUNDED = settings(
    max_examples=20, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
METHODS = {"get", "post", "delete"}
#: Routes whose body is nothing, or the bytes of a file.
BODILESS = {"/dang-xuat", "/accounts/token", "/files"}


@pytest.fixture
def asker(office: Any) -> Iterator[Caller]:
    """Somebody with an account of their own, which the examples may sign out, or give a password."""
    caller = joined(office)
    yield caller
    caller.http.close()


#: Made in this process, without a store; the examples go to the server's.
written = schemathesis.openapi.from_dict(msgspec.json.decode(_document(litestar_of(create_app(Settings(data=Path()))))))


@written.parametrize()
@BOUNDED
def test_whatever_fits_the_description_or_nearly_is_answered_as_it_says(case: Any, office: Any, asker: Caller) -> None:
    headers = {"Authorization": asker.http.headers["authorization"]}
    case.call_and_validate(base_url=office.address, headers=headers, checks=CHECKS)


def operations(nobody: Caller) -> dict[tuple[str, str], dict[str, Any]]:
    paths = nobody.http.get("/openapi.json").json()["paths"].items()
    return {(method, path): each for path, found in paths for method, each in found.items() if method in METHODS}


def test_every_route_that_takes_a_body_describes_it(nobody: Caller) -> None:
    assert {
        path for (method, path), each in operations(nobody).items() if method == "post" and "requestBody" not in each
    } == BODILESS


def test_every_answer_is_described_and_every_problem(nobody: Caller) -> None:
    for (method, path), each in operations(nobody).items():
        assert {"4XX", "5XX"} < set(each["responses"]), (method, path)
        assert each["summary"], (method, path)


def test_every_route_for_programs_is_described(nobody: Caller, tmp_path: Path) -> None:
    async def look(made: Any) -> set[tuple[str, str]]:
        return {(method.lower(), re.sub(r":\w+\}", "}", path)) for method, path in routes_of(made.litestar)}

    described_here = set(operations(nobody))
    assert described_here <= run(tmp_path, look)
    assert {("post", "/sync/v1"), ("post", "/accounts"), ("get", "/accounts/devices")} <= described_here


def test_references_lead_somewhere(nobody: Caller) -> None:
    document = nobody.http.get("/openapi.json")
    named = set(re.findall(r'"#/components/schemas/(\w+)"', document.text))
    assert named <= set(document.json()["components"]["schemas"])
    assert {"SyncRequest", "Create", "Patch", "BeginAccount", "Problem"} <= named
