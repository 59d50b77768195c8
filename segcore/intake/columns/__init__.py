"""Columns: what each one means, guessed with reasons."""
