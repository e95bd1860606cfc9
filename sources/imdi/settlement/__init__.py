"""IMDi's settlement pages: one web page a year with tables of municipalities and counties, and figures in its text.

Here: from a page to observations, and fetching pages. Not here: IMDi's statistics files (the folder above).
"""
