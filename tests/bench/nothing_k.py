"""The claim of the page "How many": whether nothing is called a reliable segmentation."""

from common import ROOT  # noqa: F401  (puts the checkout on the path)
from planted import matrix_of, purchases_of

# isort: split
from scipy import sparse

from segcore.selection import evidence, judge
from segcore.selection.sweep import sweep_k


def false_reliable(table: sparse.csr_matrix) -> bool:
    """Whether the app's own way (balanced matrix, sweep, verdict) suggests any number of segments."""
    row, column = table.nonzero()
    matrix = matrix_of(purchases_of(row, column))
    # Chance alone refuses, and is measured before stability: where it refuses, more resamples change nothing.
    sweep = sweep_k(matrix, resamples=2)
    if evidence.ceiling_of(sweep.table["beyond_chance"]) != 1:
        sweep = sweep_k(matrix)
    return judge(sweep.table, sweep.baseline, n_products=matrix.shape[1]).reliable
