"""Answers for an assistant that quotes figures: with status, bounds, source and date, or not at all. Nothing is written.

Not here: the command line, the marts themselves.
"""
