"""Runs of an optimizer down a surface: one, many side by side, and what happened in them."""
