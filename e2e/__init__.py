"""Journeys in real browsers against a real server process behind a bad network."""
