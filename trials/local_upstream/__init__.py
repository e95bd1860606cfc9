"""A stand-in for the four publishers on this machine: real HTTP, releases from a folder, faults to switch on.

Here: what the publishers' servers do, as their SOURCE descriptions say. Not here: our clients, or any made-up figures.
"""
