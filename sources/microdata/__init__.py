"""Benefits by group from microdata.no, where nobody but the person with access can run anything.

Here: the scripts that ask for the tables. Not here: any row about a person; none is ever read by this product.
"""
