"""What a difference between two figures is worth: how sure it is, and how large by the figures a reader sees.

Not here: any word (report/words), which figures are compared.
"""
