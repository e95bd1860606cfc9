"""What each section shows: its declaration in sections.yml, and the blocks that are not simply areas by year.

Not here: reading marts, drawing, writers.
"""
