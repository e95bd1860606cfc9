"""Published reference tables: facts from public documents, with document and table of origin.

Here: their reader, data and dataset specs. Not here: grant rules or reproduction of figures (SQL in dbt_project).
"""
