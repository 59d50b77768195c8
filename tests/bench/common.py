"""What the benches share: the checkout on the path, a timer, a verdict as exit code."""

import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# A bench is run as a file, so Python knows its folder and not the checkout's.
sys.path.insert(0, str(ROOT))


def seconds(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def cpu_seconds(work: Callable[[], object]) -> float:
    """CPU time of one call, all threads together: the cost on a machine that others use too."""
    start = time.process_time()
    work()
    return time.process_time() - start


def medians(rivals: dict[str, Callable[[], float]], rounds: int) -> dict[str, float]:
    """Median seconds of each rival; they take turns, so that a busy machine hurts all alike."""
    taken: dict[str, list[float]] = {name: [] for name in rivals}
    for _ in range(rounds):
        for name, measure in rivals.items():
            taken[name].append(measure())
    for name, times in taken.items():
        print(f"  {name:<44} {' '.join(f'{t:8.3f}' for t in times)} s")
    return {name: statistics.median(times) for name, times in taken.items()}


def verdict(name: str, ratio: float, floor: float) -> int:
    """Print the ratio; 0 where it reaches the floor, else 1."""
    reached = ratio >= floor
    print(f"{name}: {ratio:.2f}× ({'at least' if reached else 'UNDER'} {floor:g}×)")
    return 0 if reached else 1
