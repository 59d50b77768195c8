"""The tests; a package so that helpers import each other by name."""
