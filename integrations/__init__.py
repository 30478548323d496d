"""Adapters between Waymark and the standards other systems speak.

Each adapter has a pure half (read, check, explain; no Django, no database) and a writing half that plugs on to it.
"""
