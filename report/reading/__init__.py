"""What the report reads: the published marts, and the areas and figures taken from them.

Not here: wording, drawing.
"""
