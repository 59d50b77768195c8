"""Where a study's choices come from, where they were made on other data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from segcore.choices.bounds import Count, Digest, Name, Sentence


@dataclass(frozen=True)
class OtherData:
    """Where a study's choices come from that were made on other data.

    Attributes
    ----------
    study : str
        The name of the study they were made in, "" where these are a study's own.
    files : tuple of str
        Its files.
    sizes : dict
        How many "customers" (or "baskets"), "products" and "purchase lines" it had; empty where that is not known.
    digest : str
        Of the purchases they were taken to, "" until those are read.
    held, lost : tuple of str
        What could be carried and what could not, a phrase each.
    """

    study: Name = ""
    files: tuple[Name, ...] = ()
    sizes: Mapping[Name, Count] = field(default_factory=dict)
    digest: Digest = ""
    held: tuple[Sentence, ...] = ()
    lost: tuple[Sentence, ...] = ()

    @property
    def is_waiting(self) -> bool:
        """Whether the other data are still to be read."""
        return bool(self.study) and not self.digest
