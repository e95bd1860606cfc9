"""A release for others to take into use: an indicator as JSON-stat or CSV, a catalogue entry, a light copy, a word to assistants.

Not here: what a table is (interface/), or how a release is written and verified (release/).
"""
