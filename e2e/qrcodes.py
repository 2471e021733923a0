"""QR codes as they stand on cards and slips: drawn and read by the library that the client has."""

import io
import json
import subprocess
from typing import Final

from PIL import Image

from e2e import ROOT

DRAW: Final = """import("qr").then(({default: encode}) =>
  process.stdout.write(JSON.stringify(encode(process.argv[1], "raw", {ecc: "medium", border: 4}))))"""
READ: Final = """import("qr/decode.js").then(({default: decode}) => {
  const [width, height] = process.argv.slice(1).map(Number);
  const data = require("fs").readFileSync(0);
  process.stdout.write(decode({width, height, data})); })"""


def _node(script: str, *words: str, given: bytes = b"") -> bytes:
    done = subprocess.run(
        ["node", "-e", script, *words], cwd=ROOT / "client", input=given, capture_output=True, check=True
    )
    return done.stdout


def photograph(text: str, side: int = 6) -> bytes:
    """Photograph something with a QR code on it, as a PNG; ``side`` is that of a module in pixels."""
    rows = json.loads(_node(DRAW, text))
    code = Image.new("L", (len(rows), len(rows)), 255)
    code.putdata([0 if dark else 255 for row in rows for dark in row])
    code = code.resize((len(rows) * side, len(rows) * side), Image.Resampling.NEAREST)
    table = Image.new("RGB", (code.width + 300, code.height + 200), (170, 150, 120))
    table.paste(code.rotate(4, expand=True, fillcolor=255), (120, 70))
    out = io.BytesIO()
    table.save(out, "PNG")
    return out.getvalue()


def text_in(picture: bytes) -> str:
    """Read the QR code in a picture."""
    image = Image.open(io.BytesIO(picture)).convert("RGB")
    return _node(READ, str(image.width), str(image.height), given=image.tobytes()).decode()
