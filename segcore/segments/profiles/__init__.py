"""Profiles: what sets each segment apart, how large it is, what could be chance, and how well it fits whom."""

from segcore.segments.profiles.counts import exact_test, index_interval
from segcore.segments.profiles.products import (
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
from segcore.segments.profiles.significance import Evidence, gather_evidence, gathering_evidence
from segcore.segments.profiles.summary import segment_summary

__all__ = [
    "BALANCE",
    "FULL",
    "Evidence",
    "avoided_products",
    "buyers_by_segment",
    "distinctive_products",
    "exact_test",
    "gather_evidence",
    "gathering_evidence",
    "index_interval",
    "members",
    "naming_products",
    "profile_products",
    "segment_summary",
    "top_products",
]
