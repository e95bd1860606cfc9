"""The municipality's own figures, filled into templates and put in the drop folder.

Here: the templates, reading a filled one, and its errors in Norwegian. Not here: what the figures mean.
"""
