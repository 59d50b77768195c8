"""The Customers page: one sentence, a card for each kind, and the choices that were made on the way."""
