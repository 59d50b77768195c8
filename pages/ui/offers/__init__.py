"""The pieces of the Offers page."""
