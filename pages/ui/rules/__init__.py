"""The pieces of the Rules page: what is asked, the controls, the pictures, one rule in words, the list."""
