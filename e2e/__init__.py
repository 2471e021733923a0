"""Journeys in real browsers against a real server process behind a bad network."""

from pathlib import Path

#: The checkout that the journeys are made in.
ROOT = Path(__file__).resolve().parent.parent
