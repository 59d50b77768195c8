"""Profiles: what sets each segment apart, how large it is, what could be chance, and how well it fits whom."""

from segcore.profiles.products import (
    BALANCE,
    FULL,
    avoided_products,
    buyers_by_segment,
    distinctive_products,
    members,
    naming_products,
    profile_products,
    top_products,
)
from segcore.profiles.summary import segment_summary

__all__ = [
    "BALANCE",
    "FULL",
    "avoided_products",
    "buyers_by_segment",
    "distinctive_products",
    "members",
    "naming_products",
    "profile_products",
    "segment_summary",
    "top_products",
]
