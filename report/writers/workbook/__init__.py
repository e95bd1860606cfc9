"""The report as a workbook: an overview, a sheet a theme in wide form with charts, how the figures are made, and all data.

Not here: figures, sentences.
"""

from report.writers.workbook.book import write_workbook
from report.writers.workbook.cells import safe_text

__all__ = ["safe_text", "write_workbook"]
