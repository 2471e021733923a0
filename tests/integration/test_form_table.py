"""``motcua form import --from-table``, as people type it."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.test_commands import motcua

TABLES: list[dict[str, Any]] = [
    {
        "procedure_code": f"9.30000{number}",
        "title_vi": "Tờ khai",
        "cross_field_rules": ["hai bên cùng có mặt"],
        "fields": [
            {
                "name": "ho_ten",
                "label_vi": "Họ tên",
                "type": "text",
                "required": True,
                "constraint": "2-100 chars",
                "group": "A",
            },
            {"name": "so", "label_vi": "Số\nthẻ", "type": "text", "constraint": '"12"\x1b[31m chữ số', "group": "A"},
        ],
        "attachments": [],
    }
    for number in (1, 2)
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    file = tmp_path / "bảng.json"
    file.write_text(json.dumps(TABLES, ensure_ascii=False), encoding="utf-8")
    return file


def test_a_table_becomes_forms_that_can_be_checked_and_published(table: Path, tmp_path: Path) -> None:
    out, data = tmp_path / "ra", tmp_path / "data"
    said = motcua("form", "import", "--from-table", str(table), "--out", str(out)).stdout
    assert said.splitlines()[:3] == [
        f"{out}/9.300001.json: 2 open points",
        '9.300001: [0].fields[1].constraint (a.so): not understood: "12" [31m chữ số',
        "9.300001: [0].cross_field_rules[0]: not understood: hai bên cùng có mặt",
    ]
    files = [str(file) for file in sorted(out.glob("*.json"))]
    assert motcua("form", "check", *files).stdout == "".join(f"{file}: ok\n" for file in files)
    motcua("migrate", "--data", str(data))
    report = json.loads(motcua("form", "import", *files, "--data", str(data), "--json").stdout)
    assert report["published"] == ["9.300001@1", "9.300002@1"]


def test_open_points_are_a_report_and_with_strict_an_exit_code(table: Path, tmp_path: Path) -> None:
    words = ("form", "import", "--from-table", str(table), "--out", str(tmp_path / "ra"), "--json", "--strict")
    report = json.loads(motcua(*words, code=2).stdout)
    assert report["open"][1] == {
        "form": "9.300001",
        "path": "",
        "at": "[0].cross_field_rules[0]",
        "text": "hai bên cùng có mặt",
        "why": "not understood",
    }
    assert [Path(file).name for file in report["written"]] == ["9.300001.json", "9.300002.json"]
    table.write_text(json.dumps(TABLES[0] | {"cross_field_rules": [], "fields": TABLES[0]["fields"][:1]}))
    clean = ("form", "import", "--from-table", str(table), "--out", str(tmp_path / "sạch"), "--json", "--strict")
    assert json.loads(motcua(*clean).stdout)["open"] == []


def test_a_file_that_was_worked_on_is_not_written_over(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "ra"
    words = ("form", "import", "--from-table", str(table), "--out", str(out))
    motcua(*words)
    motcua(*words)
    (out / "9.300001.json").unlink()
    (out / "9.300002.json").write_text("mine")
    assert "is there already" in motcua(*words, code=1).stderr
    assert sorted(file.name for file in out.iterdir()) == ["9.300002.json"]
    motcua(*words, "--dry-run")
    assert (out / "9.300002.json").read_text() == "mine"


def test_a_table_that_cannot_be_read_says_where(table: Path, tmp_path: Path) -> None:
    out = tmp_path / "ra"
    table.write_text(json.dumps([TABLES[0], TABLES[1] | {"fields": [{"name": 3}]}]))
    said = motcua("form", "import", "--from-table", str(table), "--out", str(out), code=1).stderr
    assert said == f"{table}: [1].fields[0].name: not a name (found 3)\n"
    assert not out.exists()
    for words in (
        ("--from-table", str(tmp_path / "none"), "--out", str(out)),
        ("--from-table", str(table)),
        ("--strict", str(table)),
        (),
        ("--from-table", str(table), "--out", str(out), str(table)),
        ("--out", str(out), str(table)),
    ):
        assert motcua("form", "import", *words, code=1).stderr.startswith("motcua: "), words
    (tmp_path / "file").write_text("x")
    table.write_text(json.dumps(TABLES))
    under = str(tmp_path / "file" / "ra")
    assert "cannot be written" in motcua("form", "import", "--from-table", str(table), "--out", under, code=1).stderr


def test_a_table_of_a_procedure_that_has_a_form_becomes_its_next_version(table: Path, tmp_path: Path) -> None:
    table.write_text(json.dumps([TABLES[0], TABLES[1] | {"procedure_code": "2.000815"}]))
    motcua("form", "import", "--from-table", str(table), "--out", str(tmp_path))
    versions = [json.loads((tmp_path / f"{code}.json").read_bytes())["version"] for code in ("9.300001", "2.000815")]
    assert versions == [1, 2]
