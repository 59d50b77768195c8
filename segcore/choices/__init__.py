"""Everything a person may choose: the names on offer, and what a field that is kept may hold."""
