"""Layouts that are no plain lines, and how each is brought to them."""
