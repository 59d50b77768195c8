"""The pieces of the Help page."""
