"""Guessing what the columns of purchase lines mean, from their names and from what they hold."""

from __future__ import annotations

from collections.abc import Mapping

from segcore.intake.columns.profiles import Profile, dependence
from segcore.intake.columns.vocabulary import ROLES, speaks_of, words_of
from segcore.intake.files.text_table import TextTable

Guess = tuple[str, str]  # role, reason
NOT_AN_AMOUNT = set("discount disc tax vat shipping coupon rabatt mwst steuer margin profit".split())
NOT_THE_DATE = set("birth ship shipping delivery due enrolled signup geburt joined update".split())
NUMBERING = {"id", "key", "number", "nummer", "num", "code"}  # a sales record number is no money
SOLD = {"purchased", "sold", "ordered", "bought"}  # items sold are counted and not named
FOLLOWS, SPARSE = 0.9, 0.3
OFTEN = 0.8
LACKING = {"amount": 1.5, "date": 0.25}  # what filled less often than that is less likely than a filled one
# Excel's days since 1900; seconds, thousandths and millionths of a second since 1970
COUNTED = ((20_000, 70_000), (1e9, 2e9), (1e12, 2e12), (1e15, 2e15))


def score(profile: Profile, role: str) -> float:
    """How much a column looks like a role; 0 or less where it cannot be."""
    if not profile.filled:
        return 0
    share = profile.filled_share
    # said once for a whole order, or hardly ever
    sparse = 1.5 if share < SPARSE else LACKING.get(role, 0) * (share < OFTEN)
    return _SCORES[role](profile, set(words_of(profile.name))) - sparse


def _customer(profile: Profile, words: set[str]) -> float:
    if profile.is_measure or profile.is_date or profile.distinct < 1:
        return 0
    described = speaks_of(profile.name, "describes customer") or words & {"type", "status"}
    return _named(profile, "customer") - 2 * bool(described) - 3 * speaks_of(profile.name, "amount")


def _order(profile: Profile, words: set[str]) -> float:
    if profile.is_measure or profile.is_date:
        return 0
    labelled = words & {
        "status",
        "type",
        "priority",
        "channel",
        "mode",
        "method",
        "amount",
        "quantity",
        "qty",
    }
    return _named(profile, "order") - 3 * bool(labelled)


def _product(profile: Profile, words: set[str]) -> float:
    if profile.is_measure or profile.is_date or profile.counts:
        return 0
    counted = (
        speaks_of(profile.name, "quantity")
        or speaks_of(profile.name, "amount")
        or words & ({"of", "per"} | SOLD)
    )
    described = speaks_of(profile.name, "describes product")
    numbered = profile.filled > 20 and profile.is_unique  # what every line has anew numbers the lines
    return (
        _named(profile, "product")
        - 1.5 * bool(described)
        - 3 * (profile.is_number and bool(counted))
        - 2 * numbered
    )


def _date(profile: Profile, words: set[str]) -> float:
    named = speaks_of(profile.name, "date")
    days = profile.is_number and any(
        low <= profile.lowest and profile.highest < high for low, high in COUNTED
    )
    if not (profile.is_date or (named and days)):
        return 0
    return (
        1.25
        + named
        + 0.5 * bool(words & {"order", "invoice", "purchase", "transaction"})
        - 1.5 * bool(words & NOT_THE_DATE)
    )


def _quantity(profile: Profile, words: set[str]) -> float:
    if not profile.is_number or profile.is_date or speaks_of(profile.name, "amount"):
        return 0
    named = _named(profile, "quantity") or 2.5 * (bool(words & SOLD) and speaks_of(profile.name, "product"))
    return named - 2 * bool(words & {"id", "key", "minimum", "min", "stock"})


def _amount(profile: Profile, words: set[str]) -> float:
    if not profile.is_number or profile.is_date or words & (NOT_AN_AMOUNT | NUMBERING):
        return 0
    return (
        _named(profile, "amount")
        + 0.5 * speaks_of(profile.name, "total")
        + 0.25 * bool(words & {"net", "netto", "nettowert", "neto"})
        - 0.5 * speaks_of(profile.name, "each")
    )


def _named(profile: Profile, role: str) -> float:
    """3 for a known word, a little more for an id or for nothing but the word."""
    if not speaks_of(profile.name, role):
        return 0
    words = words_of(profile.name)
    return 3 + 0.5 * speaks_of(profile.name, "identifies") + 0.25 * (len(words) == 1) - 0.01 * len(words)


_SCORES = {
    "customer": _customer,
    "order": _order,
    "product": _product,
    "date": _date,
    "quantity": _quantity,
    "amount": _amount,
}


def by_name(profiles: Mapping[str, Profile], fixed: Mapping[str, str | None]) -> dict[str, Guess]:
    """Roles that names and contents agree on: column → (role, reason), at most one column a role."""
    given = {column: (role, "chosen") for role, column in fixed.items() if role in ROLES and column}
    open_roles = [role for role in ROLES if role not in fixed]
    ranked = sorted(
        (
            (score(p, role), role, name)
            for name, p in profiles.items()
            for role in open_roles
            if name not in given
        ),
        key=lambda item: -item[0],
    )
    result, taken = dict(given), {role for role, _ in given.values()}
    for points, role, name in ranked:
        if points >= 1 and role not in taken and name not in result:
            result[name] = (role, _reason(profiles[name], role))
            taken.add(role)
    return result


def _reason(profile: Profile, role: str) -> str:
    if role == "date":
        return "it holds dates"
    kind = {"quantity": "numbers, and ", "amount": "numbers, and "}.get(role, "")
    return f"{kind}its name speaks of the {role}"


def attributes(
    table: TextTable, profiles: Mapping[str, Profile], known: Mapping[str, Guess]
) -> dict[str, Guess]:
    """Columns of the lines that describe the product or the customer, because they follow from it."""
    columns = {role: table.columns[name] for name, (role, _) in known.items()}
    result: dict[str, Guess] = {}
    for name, profile in profiles.items():
        if name in known:
            continue
        if profile.distinct <= 1:
            result[name] = (
                "ignored",
                "it is blank" if not profile.filled else "it says the same in every line",
            )
        elif profile.is_measure or profile.is_date or _measures(profile):
            result[name] = ("ignored", "it holds numbers or dates that describe no product")
        else:
            result[name] = _described(name, table, columns)
    return result


def _measures(profile: Profile) -> bool:
    words = set(words_of(profile.name))
    return profile.is_number and (
        speaks_of(profile.name, "amount")
        or speaks_of(profile.name, "quantity")
        or bool(words & NOT_AN_AMOUNT)
    )


def _described(name: str, table: TextTable, columns: Mapping) -> Guess:
    units = {"customer": columns.get("order") or columns.get("date")}
    follows = {
        role: dependence(columns[role], table.columns[name], units.get(role))
        for role in ("product", "customer")
        if role in columns
    }
    known = {role: value for role, value in follows.items() if value is not None}
    if known:
        best = max(known, key=known.__getitem__)
        if known[best] >= FOLLOWS:
            return f"{best} attribute", f"it is the same in every line of a {best}"
        if all(value is not None for value in follows.values()):
            return "ignored", "it changes from line to line"
    for role in ("product", "customer"):
        if role in columns and speaks_of(name, f"describes {role}") and known.get(role, 1) >= FOLLOWS:
            return f"{role} attribute", f"its name describes a {role}"
    return "ignored", "nothing tells what it describes"
