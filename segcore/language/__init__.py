"""Language: how things are called, and how numbers are written for whoever reads them."""
