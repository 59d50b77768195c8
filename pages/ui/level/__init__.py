"""The pieces of the Product level page."""
