"""Small files with planted tastes, for pages and browser alike."""

from pathlib import Path

KINDS = {
    "Wine": ("Merlot", "Malbec", "Rioja", "Chianti"),
    "Tea": ("Assam", "Darjeeling", "Oolong", "Sencha"),
    "Bread": ("Bun", "Rye", "Toast", "Bagel"),
}


def three_tastes(
    path: Path, customers: int = 48, without: str = "", head: str = "customer,product,kind,amount"
) -> Path:
    """Half the customers buy wine, a third tea, the others bread; nobody buys all of it.

    ``without`` leaves one product out of the file; ``head`` calls the columns otherwise.
    """
    rows = [head]
    for customer in range(customers):
        kind = list(KINDS)[0 if customer % 6 < 3 else 1 if customer % 6 < 5 else 2]
        for at, product in enumerate(KINDS[kind]):
            if (customer + at) % 4 and product != without:
                rows.append(f"c{customer:02d},{product},{kind},{5 + at}.50")
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path
