"""Nothing personal leaves by the log."""

from typing import Any

from tests.integration.caller import PASSWORD, Caller, create, new_id, patch

SECRETS = ("Lò Thị Bí Mật", "999188777666", "0399888777", "khong-ai-biet")


def test_the_log_holds_no_person_no_id_and_no_query(office: Any, citizen: Caller, nobody: Caller) -> None:
    name, citizen_id, phone, word = SECRETS
    dossier = new_id()
    values = {"applicant.full_name": name, "applicant.citizen_id": citizen_id, "applicant.phone": phone}
    citizen.push(create(dossier), patch(dossier, values), patch(dossier, {"applicant.full_name": 7, "x": citizen_id}))
    nobody.http.post("/accounts", json={"name": name, "citizen_id": citizen_id, "phone": phone, "secret": word * 4})
    nobody.http.post("/dang-nhap", json={"user": citizen_id, "password": word})
    nobody.http.post("/dang-nhap", data={"user": "demo-1", "password": PASSWORD})
    for path in (f"/desk/d/{dossier}", f"/{phone}", "/thu-tuc", "/sync/v1/snapshot"):
        citizen.http.get(path, params={"q": name, "cursor": phone})
    citizen.raw(b'{"v":1,"cursor":"' + phone.encode() + b'"}')
    log = office.log()
    assert "/sync" in log
    token = citizen.http.headers["authorization"].removeprefix("Bearer ")
    for secret in (*SECRETS, dossier, token, PASSWORD + '"', 'demo-1"', "q=", "cursor="):
        assert secret not in log
