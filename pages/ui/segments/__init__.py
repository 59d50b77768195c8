"""The Segments page: charts that answer, a card for every segment, one customer, names."""
