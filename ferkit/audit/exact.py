"""Fisher's exact test for one direction, many tables at once. Plain numpy, for pages; the tests hold it against
scipy."""

import numpy as np

__all__ = ["fisher_below"]

ENOUGH = 40.0  # natural logarithms below the largest term, from where terms no longer count


def fisher_below(hits: np.ndarray, n: np.ndarray, all_hits: int, all_n: int) -> np.ndarray:
    """One-sided p of M tables, float64 (M,): that a part of `n` faces has at most `hits` right ones, where `all_n`
    faces have `all_hits` and the part is drawn from them at random.

    p = sum_{i <= hits} C(K, i) C(N - K, n - i) / C(N, n) with K = all_hits, N = all_n (Fisher 1935, The Design of
    Experiments).
    """
    factorial = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, all_n + 1)))])

    def choose(a: int, b: np.ndarray) -> np.ndarray:
        return factorial[a] - factorial[b] - factorial[a - b]

    def one(hit: int, size: int) -> float:
        i = np.arange(max(0, size - (all_n - all_hits)), hit + 1)
        if not len(i):
            return 0.0
        logs = choose(all_hits, i) + choose(all_n - all_hits, size - i) - choose(all_n, np.array(size))
        logs = logs[logs > logs.max() - ENOUGH]
        return min(1.0, float(np.exp(logs).sum()))

    return np.array([one(int(hit), int(size)) for hit, size in zip(hits, n, strict=True)], np.float64)
