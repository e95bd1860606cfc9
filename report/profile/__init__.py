"""The profile of a municipality: findings chosen by rule, a barometer of all headline figures, money, and what is missing.

Not here: drawing, words, writers.
"""
