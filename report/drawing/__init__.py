"""Charts as SVG, the same for every writer.

Not here: which figures are drawn.
"""
