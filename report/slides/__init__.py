"""The slides for the council: which there are, what is drawn on each, and the file.

Not here: figures and sentences, which are the report's.
"""

from report.slides.write import write_slides

__all__ = ["write_slides"]
