"""Same data and seed, same bytes: whole sweeps over repeats, processes and threads; any order of the rows, same segments."""

import os
import subprocess
import sys

import numpy as np
import pytest
from scipy import sparse

from segcore.factorization import NMFSpec, assign, factorize, factorize_together
from segcore.factorization.hals import BLOCK
from segcore.factorization.sampling import ABOVE
from segcore.selection.sweep import sweep_k
from tests.segcore import known

PRINT_DIGEST = """
import hashlib
import numpy as np
from scipy import sparse
from segcore.factorization import NMFSpec, factorize_together
from segcore.selection.sweep import sweep_k
from tests.segcore import known

state = hashlib.sha256()

def take(fit):
    state.update(fit.w.tobytes() + fit.h.tobytes() + np.float64(fit.error).tobytes())

small = sweep_k(known.matrix_of(known.planted(3, per_block=40, other=0.1)[0]), (2, 3, 4), resamples=3)
for point in small.points:
    take(point.fit)
state.update(small.table.drop(columns="failure").to_numpy(dtype=float).tobytes())
in_blocks = sparse.random(20_000, 200, 0.03, format="csr", random_state=7)
sampled = sparse.random(101_000, 50, 0.03, format="csr", random_state=8)
for values in (in_blocks, sampled):
    specs = [NMFSpec(k, max_iterations=15) for k in (2, 5)]
    for fits in factorize_together(values, specs, sample=True):
        for fit in fits:
            take(fit)
print(state.hexdigest())
"""


def test_a_sweep_has_the_same_bytes_in_every_process_and_with_any_number_of_threads(root):
    digests = []
    for threads in ("1", "2", "1"):
        variables = {name: threads for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}
        done = subprocess.run(
            [sys.executable, "-c", PRINT_DIGEST], capture_output=True, text=True, cwd=root, check=True,
            env={**os.environ, **variables, "PYTHONPATH": str(root)},
        )  # fmt: skip
        digests.append(done.stdout.strip())
    assert len(set(digests)) == 1
    assert len(digests[0]) == 64


def tastes(n, products, k, seed):
    """Sparse purchases of k tastes of different sizes, with a share of common products."""
    generator = np.random.default_rng(seed)
    taste = generator.choice(k, n, p=np.arange(1, k + 1) / np.arange(1, k + 1).sum())
    chance = np.full((k, products), 0.01)
    for j in range(k):
        chance[j, j::k] = 0.12
    return sparse.csr_matrix((generator.random((n, products)) < chance[taste]).astype(float))


@pytest.mark.parametrize("loss", ["squared", "kullback-leibler"])
@pytest.mark.parametrize("n", [400, BLOCK + 900])
def test_any_order_of_customers_and_products_gives_the_same_segments(n, loss):
    if loss != "squared" and n > BLOCK:
        pytest.skip("blocks are of the squared error's descent")
    values = tastes(n, 80, 4, seed=1)
    generator = np.random.default_rng(2)
    rows, columns = generator.permutation(n), generator.permutation(80)
    one = factorize(values, NMFSpec(4, loss=loss, restarts=1))
    other = factorize(values[rows][:, columns].tocsr(), NMFSpec(4, loss=loss, restarts=1))
    have, want = assign(other.w), assign(one.w)[rows]
    pairs = set(zip(have.tolist(), want.tolist(), strict=True))
    assert len(pairs) == len(set(want.tolist()))
    assert other.explained_share == pytest.approx(one.explained_share, abs=1e-6)


def test_a_sweep_finds_the_same_whatever_the_order_of_the_customers():
    values = tastes(700, 40, 3, seed=3).toarray()
    order = np.random.default_rng(4).permutation(len(values))
    one, other = (
        sweep_k(known.matrix_of(v), (2, 3, 4), resamples=0, restarts=1) for v in (values, values[order])
    )
    for k in (2, 3, 4):
        have, want = assign(other.fit(k).w), assign(one.fit(k).w)[order]
        assert len(set(zip(have.tolist(), want.tolist(), strict=True))) == len(set(want.tolist()))
    np.testing.assert_allclose(other.table["explained_share"], one.table["explained_share"], atol=1e-6)


def test_a_sweep_on_a_sample_says_so_in_the_fit_the_table_and_in_words():
    values = tastes(ABOVE + 500, 30, 3, seed=5)
    fits = [fit for fits in factorize_together(values, [NMFSpec(3)], sample=True) for fit in fits]
    assert fits[0].sampled
    assert any("sample of the customers" in said for said in fits[0].account())
    assert not factorize(values, NMFSpec(3)).sampled  # the chosen number is fitted on all of them
    small = sweep_k(known.matrix_of(tastes(300, 30, 3, seed=6).toarray()), (2, 3), resamples=0)
    assert small.table["sampled"].tolist() == [False, False]
    assert small.table["without_purchases"].between(0, 1).all()
