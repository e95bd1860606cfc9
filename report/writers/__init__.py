"""One writer for each form of the report: web page, PDF, workbook.

Not here: content.
"""
