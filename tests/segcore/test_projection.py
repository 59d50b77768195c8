"""Projection meets the optimality conditions of non-negative least squares, for one customer, a block, and all."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.optimize import nnls

from segcore.factorization import NMFSpec, Projector, factorize, project
from segcore.factorization.nnls import nnls as block_pivoting
from tests.segcore import known

ALLOWED = 1e-10


def kkt_residual(values, h, scores):
    """How far scores are from optimal, relative to each row: below 0, a slope that could still be gone down, or both."""
    cross, gram = values @ h.T, h @ h.T
    slope = scores @ gram - cross
    scale = np.maximum(np.abs(cross).max(axis=1), 1e-300)
    reach = np.abs(scores).max(axis=1, initial=0.0)
    along = np.abs(slope * scores).max(axis=1, initial=0.0) / np.maximum(reach, 1e-300)
    return max(
        float((np.maximum(-slope, 0.0).max(axis=1) / scale).max()),
        float((along / scale).max()),
        float(np.maximum(-scores, 0.0).max()),
    )


def bases(generator, k, products):
    """Tastes that hardly differ, that are empty, that are the same twice, of all sizes, and usual ones."""
    usual = generator.random((k, products)) * (generator.random((k, products)) < 0.5)
    usual[:, 0] += 0.01
    close = usual.copy()
    close[-1] = close[0] * (1 - 1e-6) + 1e-6 * generator.random(products)
    empty = usual.copy()
    empty[k // 2] = 0.0
    twice = usual.copy()
    twice[-1] = twice[0]
    sizes = usual * 10.0 ** generator.integers(-3, 4, (k, 1))
    return {"usual": usual, "close": close, "empty": empty, "twice": twice, "sizes": sizes}


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 10_000),
    k=st.integers(1, 12),
    name=st.sampled_from(list(bases(np.random.default_rng(0), 2, 3))),
)
def test_scores_are_optimal_whatever_the_basis(seed, k, name):
    generator = np.random.default_rng(seed)
    h = bases(generator, k, 30)[name]
    values = np.floor(generator.random((25, 30)) * 1.5) * 10.0 ** generator.integers(0, 4, (25, 1))
    values[3] = 0
    rows = sparse.csr_matrix(values)
    every = project(rows, h)
    assert kkt_residual(values, h, every) <= ALLOWED
    projector = Projector(h)
    single = np.array([projector.one(rows[i]) for i in range(len(values))])
    assert kkt_residual(values, h, single) <= ALLOWED
    assert not every[3].any()
    assert not single[3].any()
    if name in ("usual", "sizes"):  # elsewhere several scores are as good
        np.testing.assert_allclose(single, every, rtol=1e-6, atol=1e-7 * every.max())


@pytest.mark.parametrize("k", [2, 6, 11])
def test_scores_of_real_purchases_are_optimal(data_dir, k):
    values = known.wine_matrix(data_dir, "Offer #", "balanced").values
    fit = factorize(values, NMFSpec(k))
    dense, projector = values.toarray(), Projector(fit.h)
    assert kkt_residual(dense, fit.h, fit.w) <= ALLOWED
    single = np.array([projector.one(values[i]) for i in range(values.shape[0])])
    assert kkt_residual(dense, fit.h, single) <= ALLOWED
    np.testing.assert_allclose(single, fit.w, atol=1e-9)


def test_scores_of_a_fit_in_single_precision_are_exact_all_the_same():
    values = sparse.random(9_000, 250, 0.03, format="csr", random_state=3)
    fit = factorize(values, NMFSpec(9))
    assert kkt_residual(values.toarray(), fit.h, fit.w) <= ALLOWED
    for row in (0, 17, 8_999):
        np.testing.assert_allclose(fit.w[row], nnls(fit.h.T, values[[row]].toarray()[0])[0], atol=1e-9)


@pytest.mark.parametrize("k", [3, 17, 70])
@pytest.mark.parametrize("guess", ["none", "right", "wrong", "all"])
def test_any_guess_leads_to_the_same_scores(k, guess):
    generator = np.random.default_rng(k)
    h = generator.random((k, 3 * k)) * (generator.random((k, 3 * k)) < 0.3) + np.eye(k, 3 * k)
    values = np.floor(generator.random((60, 3 * k)) * 1.4)
    cross, gram = h @ values.T, h @ h.T
    right, solved = block_pivoting(cross, gram)
    assert solved.all()
    guesses = {"none": None, "right": right > 0, "wrong": right == 0, "all": np.ones_like(right, dtype=bool)}
    scores, solved = block_pivoting(cross, gram, guesses[guess])
    assert solved.all()
    np.testing.assert_allclose(scores, right, atol=1e-9)
    assert kkt_residual(values, h, scores.T) <= ALLOWED


PRINT_DIGEST = """
import hashlib
import numpy as np
from scipy import sparse
from segcore.factorization import Projector, project
values = sparse.random(40_000, 300, 0.03, format="csr", random_state=7)
h = np.random.default_rng(1).random((8, 300)) ** 6
state = hashlib.sha256(project(values, h).tobytes())
projector = Projector(h)
for row in range(50):
    state.update(projector.one(values[row]).tobytes())
print(state.hexdigest())
"""


def test_the_same_bytes_in_every_process_and_with_any_number_of_threads(root):
    digests = set()
    for threads in ("1", "2", "1"):
        variables = {name: threads for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST], capture_output=True, text=True, cwd=root, check=True,
            env={**os.environ, **variables, "PYTHONPATH": str(root)},
        )  # fmt: skip
        digests.add(done.stdout.strip())
    assert len(digests) == 1
    assert len(digests.pop()) == len(hashlib.sha256().hexdigest())


def test_any_order_of_customers_and_products_gives_the_same_scores():
    generator = np.random.default_rng(4)
    values = sparse.random(2_000, 120, 0.05, format="csr", random_state=4)
    h = generator.random((7, 120)) ** 4
    rows, columns = generator.permutation(2_000), generator.permutation(120)
    mixed = project(values[rows][:, columns].tocsr(), h[:, columns])
    np.testing.assert_allclose(mixed, project(values, h)[rows], atol=1e-12)
