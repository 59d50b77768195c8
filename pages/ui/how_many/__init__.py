"""The pieces of the How many page, and what later pages ask of its number."""
