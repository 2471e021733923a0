"""What the browser gets. The server asks this package only where its files are."""

from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parent
