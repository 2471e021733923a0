"""The phone's JavaScript, asked over JSON lines: one process for many questions."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

RUNNER = Path(__file__).with_name("phone_runner.mjs")


def ask(questions: list[dict[str, Any]]) -> list[Any]:
    """Return the phone's answer to each question."""
    node = shutil.which("node")
    assert node is not None, "Node 20 or newer is needed"
    lines = "".join(json.dumps(question, ensure_ascii=True) + "\n" for question in questions)
    done = subprocess.run(
        [node, str(RUNNER)], input=lines, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.split("\n") if line]
