"""What goes wrong with a database, in one sentence each. A driver's own words are never repeated: they quote addresses."""

from __future__ import annotations

from segcore.errors import SourceError
from segcore.sources.allowed import Database

_HOST = "Ask whoever runs this server to check the connection in the settings."
_BY_STATE = {
    "42501": ("This connection has no right to read the table “{item}”.", "Ask for the right to SELECT from it."),
    "42P01": ("There is no table “{item}” any more.", "Ask whether it was renamed, then choose another."),
    "3F000": ("There is no table “{item}”.", "Ask whether it was renamed, then choose another."),
    "42703": ("A column of “{item}” is not there any more.", "Read the table again."),
    "57014": ("Reading “{item}” took longer than the {seconds} seconds allowed.", "Choose fewer columns, or ask for a smaller view."),
    "22021": ("The texts in “{item}” are in an encoding that cannot be told.", "Ask for a view with readable texts."),
    "55P03": ("The table “{item}” is locked by somebody’s work.", "Try again in a few minutes."),
}  # fmt: skip


def connecting(error: Exception, database: Database) -> SourceError:
    """Why there is no connection."""
    said = str(error).casefold()
    if any(
        word in said
        for word in ("password", "28p01", "authentication", "authentifi", "no pg_hba.conf", "pg_hba")
    ):
        what, remedy = "The database did not accept the user name or password of the connection.", _HOST
    elif "role " in said and "does not exist" in said:
        what, remedy = "The database does not know the user of the connection.", _HOST
    elif "database " in said and "does not exist" in said:
        what, remedy = "The server has no database of the name in the connection.", _HOST
    elif "too many" in said:
        what, remedy = "The database has no room for another connection now.", "Try again in a few minutes."
    else:
        what = "The database cannot be reached."
        remedy = "Try again in a few minutes; if it stays so, ask whoever runs this server to check the connection."
    return SourceError(what, where=database.name, remedy=remedy)


def reading(error: Exception, database: Database, item: str) -> SourceError:
    """Why a table cannot be read."""
    state = str(getattr(error, "sqlstate", None) or "")
    if state in _BY_STATE:
        what, remedy = (text.format(item=item, seconds=database.seconds) for text in _BY_STATE[state])
    elif state.startswith("08") or "server closed the connection" in str(error) or state == "57P01":
        what, remedy = "The connection to the database broke off.", "Try again."
    else:
        what = (
            f"The database could not hand over the table “{item}”{f' (its code {state})' if state else ''}."
        )
        remedy = "Ask whoever looks after the database; the code says what happened."
    return SourceError(what, where=database.name, remedy=remedy)


def unknown_table(database: Database, item: str) -> SourceError:
    """The settings name a table that the database does not have."""
    return SourceError(
        f"There is no table or view “{item}”.",
        where=database.name,
        remedy="Ask whether it was renamed or dropped; names count with upper and lower case.",
    )


def nothing_readable(database: Database, item: str) -> SourceError:
    """Not one column of a table may be read."""
    what, remedy = _BY_STATE["42501"]
    return SourceError(what.format(item=item), where=database.name, remedy=remedy)


def unreadable_column(database: Database, item: str, column: str) -> SourceError:
    """The database fails on the values of one column."""
    return SourceError(
        f"The column “{column}” of “{item}” cannot be read: the database fails on one of its values.",
        where=database.name,
        remedy="Read the table without this column, or ask for the view to be mended.",
    )
