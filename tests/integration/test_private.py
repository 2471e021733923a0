"""Nothing personal leaves by the log."""

from typing import Any

from tests.integration.caller import PASSWORD, Caller, create, new_id, patch

SECRETS = ("Lò Thị Bí Mật", "999188777666", "0399888777", "khong-ai-biet")
SECRET = "q3VtZ8LwC1yKp0XnD7aRj5HsE9uTfB2gM4iOvY6kWxB"


def test_the_log_holds_no_person_no_id_and_no_query(office: Any, citizen: Caller, nobody: Caller) -> None:
    name, citizen_id, phone, word = SECRETS
    dossier = new_id()
    values = {"applicant.full_name": name, "applicant.citizen_id": citizen_id, "applicant.phone": phone}
    citizen.push(create(dossier), patch(dossier, values), patch(dossier, {"applicant.full_name": 7, "x": citizen_id}))
    nobody.http.post("/accounts", json={"name": name, "citizen_id": citizen_id, "phone": phone, "secret": word * 4})
    nobody.http.post("/dang-nhap", json={"user": citizen_id, "password": word})
    nobody.http.post(
        "/accounts", json={"name": name, "secret": word + SECRET, "citizen_id": citizen_id, "phone": phone}
    )
    begun = Caller(office.address, word + SECRET)
    begun.sync(device=word, app=name[:9], ops=[], stats={"outbox": 1})
    assert begun.http.post("/accounts/password", json={"password": word + phone}).status_code == 200
    begun.http.post("/accounts/password", json={"password": citizen_id, "old": word})
    entered = begun.http.post(
        "/dang-nhap", json={"user": citizen_id, "password": word + phone},
        headers={"Accept": "application/json", "User-Agent": f"Chrome {word}", "X-Forwarded-For": phone},
    )  # fmt: skip
    token, known = entered.json()["token"], entered.cookies["motcua_known"]
    other = Caller(office.address, token)
    device = other.http.get("/accounts/devices").json()["devices"][0]["id"]
    other.http.delete(f"/accounts/devices/{device}")
    other.http.delete(f"/accounts/devices/{citizen_id}")
    nobody.http.post("/dang-nhap", data={"user": "demo-1", "password": PASSWORD})
    for path in (f"/desk/d/{dossier}", f"/{phone}", "/thu-tuc", "/sync/v1/snapshot"):
        citizen.http.get(path, params={"q": name, "cursor": phone})
    citizen.raw(b'{"v":1,"cursor":"' + phone.encode() + b'"}')
    log = office.log()
    assert "/sync" in log
    asking = citizen.http.headers["authorization"].removeprefix("Bearer ")
    for secret in (*SECRETS, SECRET, dossier, asking, token, known, device, PASSWORD + '"', 'demo-1"', "q=", "cursor="):
        assert secret not in log
