"""The page where a reader explores every indicator of a release for every municipality.

Here: its data, its writer, its looks. Not here: the council's report, or anything that changes a figure.
"""
