"""How few persons a figure may be about.

Here: the two numbers of the rule. Not here: the rule (disclosure/rule.py), or the installation's own setting.
"""

DEFAULT_THRESHOLD = 5
"""Figures about fewer persons than this are hidden, unless the installation asks for more."""

LOWEST_THRESHOLD = 3
"""SSB hides fewer than 3 units in its social assistance figures; a local figure may never show more than that."""
