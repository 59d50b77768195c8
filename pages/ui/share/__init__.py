"""The rooms of the Share page: what the story is told from, the files, the presentation."""
