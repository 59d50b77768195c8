"""The names a choice may have, with what each means to the person who chooses. Imports nothing: a study knows them."""

from __future__ import annotations

WEIGHTINGS: dict[str, str] = {
    "balanced": "Balanced: best-sellers count a little less",
    "bought": "Bought or not: every product counts the same",
    "rare": "Rare tastes: unusual products count most",
    "quantity": "Quantity: how many were bought",
    "log_quantity": "Quantity, damped: the tenth piece counts less than the first",
    "amount": "Money spent",
    "log_amount": "Money spent, damped: the second hundred counts less than the first",
    "share": "Share of basket: how a customer splits the budget",
}
LOSSES: dict[str, str] = {
    "squared": "Squared error: fits the big cells best; fast",
    "kullback-leibler": "Kullback–Leibler: treats cells as counts; slower",
}
INITIALISATIONS: dict[str, str] = {
    "nndsvda": "From the main directions of the data, gaps filled with the mean (NNDSVDa)",
    "nndsvd": "From the main directions of the data, gaps left empty (NNDSVD)",
    "random": "At random",
    "custom": "From the product scores of a previous run",
}
SCORERS: dict[str, str] = {
    "blend": "Taste and similar products together",
    "taste": "The customer’s mix of segments",
    "similar": "Products bought by the same people",
    "all_pairs": "All products weighed against each other (EASE)",
    "rules": "Who buys this also buys that",
    "segment_popular": "Best-sellers of the segment",
    "popular": "Best-sellers",
}
RANKS: dict[str, str] = {
    "chance": "Chance that it is bought",
    "price": "Chance × usual price",
    "margin": "Chance × margin",
}
PER = ("customer", "order")
SIDES = ("require", "exclude", "require_left", "exclude_left", "require_right", "exclude_right")
WEEKS = (0, 4, 8, 13, 26)  # hidden by the back-test; 0 hides one product of everybody
METHODS = ("own", "hmine", "fpgrowth", "fpmax")


def offered(has_amount: bool, has_quantity: bool, is_full: bool) -> tuple[str, ...]:
    """The weightings that can work on this data, best first.

    Where every cell is filled, "bought or not" and its relatives see one identical row for everybody: only
    volumes tell customers apart.
    """
    names = [] if is_full else ["balanced", "bought", "rare"]
    if has_amount:
        names += ["log_amount", "amount"]
    if has_quantity or not has_amount:
        names += ["log_quantity", "quantity"]
    return (*names, "share")
