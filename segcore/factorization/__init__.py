"""Matrix → W · H: non-negative matrix factorisation, and K-means beside it.

W (customers × k) says how much of each segment is in a customer, H (k × products) what each segment buys. After a
fit every row of H sums to 1 and W carries the scale, so a score reads "purchases explained by this segment".
"""

from segcore.choices.nmf import NMFSpec, at_rest
from segcore.choices.offered import LOSSES
from segcore.factorization.assignment import assign
from segcore.factorization.fit import factorize, factorize_together
from segcore.factorization.kmeans import KMeansResult, kmeans, kmeans_sweep
from segcore.factorization.projection import Projector, project
from segcore.factorization.result import Factorization
from segcore.factorization.start import aligned_start

__all__ = [
    "LOSSES",
    "Factorization",
    "KMeansResult",
    "NMFSpec",
    "Projector",
    "aligned_start",
    "assign",
    "at_rest",
    "factorize",
    "factorize_together",
    "kmeans",
    "kmeans_sweep",
    "project",
]
