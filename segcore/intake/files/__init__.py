"""Files: bytes of any kind to tables of text, planned before they are read, refused in a sentence."""
