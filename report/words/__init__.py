"""What the report says: numbers as Norwegians write them, the words of texts.yml, sentences made from figures.

Not here: which figures there are.
"""
