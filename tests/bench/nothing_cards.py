"""What cards and bundles claim of purchases that have no taste in them: a share of lists, wanted at 5 % or less."""

from __future__ import annotations

from scipy import sparse

from segcore.matrix import PurchaseMatrix
from segcore.offers.copurchase import propose
from segcore.offers.learned import learn
from segcore.segments import Segmentation, segment
from segcore.segments.profiles import gather_evidence
from tests.segcore.known import matrix_of

K = 4


def false_special(csr: sparse.csr_matrix, k: int = K) -> tuple[int, int]:
    """Segments with a product falsely bought more or less than by chance, and segments.

    Parameters
    ----------
    csr : csr_matrix, 0/1, customers × products
    """
    matrix, found = _segmented(csr, k)
    table = gather_evidence(matrix, found).table
    special = table.loc[table["adjusted"] <= 0.05, "segment"].nunique()
    return int(special), len(found.sizes)


def false_bundles(csr: sparse.csr_matrix, k: int = K) -> bool:
    """Whether some segment is offered a bundle that is said to be sure."""
    matrix, found = _segmented(csr, k)
    known = learn(matrix, found)
    return any(propose(matrix, found, known, int(number)) for number in found.sizes.index)


def _segmented(csr: sparse.csr_matrix, k: int) -> tuple[PurchaseMatrix, Segmentation]:
    """Segments of our own factorization, of everybody who bought something."""
    bought = csr[csr.getnnz(axis=1) > 0]
    matrix = matrix_of(bought[:, bought.getnnz(axis=0) > 0])
    return matrix, segment(matrix, k, resamples=0)
