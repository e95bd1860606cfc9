"""What people read: sections, charts, sentences and three writers, from published marts only.

Here: the report. Not here: anything that changes a figure.
"""

from report.write import write_report

__all__ = ["write_report"]
