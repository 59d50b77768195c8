"""Rows: lines, grids and baskets to purchases, and what is set aside on the way."""
