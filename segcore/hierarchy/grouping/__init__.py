"""Groups of products where a file has no hierarchy: read from a map, proposed from names or from what is bought together.

Proposals are a table of label and group. Nothing follows from them until somebody accepts them, changed or not, as a
level of their own (``segcore.choices.level_edits``).
"""

from segcore.hierarchy.grouping.maps import MapFile, expand, read_map
from segcore.hierarchy.grouping.names import groups_from_names
from segcore.hierarchy.grouping.together import Together, grouping_together, groups_bought_together

__all__ = [
    "MapFile",
    "Together",
    "expand",
    "grouping_together",
    "groups_bought_together",
    "groups_from_names",
    "read_map",
]
