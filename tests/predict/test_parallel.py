"""Batches side by side give what one after the other gives."""

import re
import threading
from pathlib import Path

import pytest
import torch

from ferkit.predict.parallel import cores, over_batches
from tests.threads import together

ROOT = Path(__file__).resolve().parents[2]


def test_every_face_once_and_in_order() -> None:
    reports: list[tuple[int, int]] = []
    rows = list(over_batches(lambda rows: (rows.start, rows.stop), 10, 4, lambda done, n: reports.append((done, n))))
    assert rows == [(0, 4), (4, 8), (8, 10)]
    assert reports == [(4, 10), (8, 10), (10, 10)]
    assert list(over_batches(lambda rows: rows, 0, 4)) == []


def test_only_the_workers_are_limited_to_one_thread() -> None:
    before, during, later = cores(), [], []

    def count() -> None:
        later.append(torch.get_num_threads())

    fresh = threading.Thread(target=count)
    fresh.start()
    fresh.join()

    def work(rows: slice) -> int:
        thread = threading.Thread(target=count)  # as a page or a training that begins meanwhile
        thread.start()
        thread.join()
        during.append(torch.get_num_threads())
        return rows.start

    assert list(over_batches(work, 8, 2)) == [0, 2, 4, 6]
    assert set(during) == {1}
    assert len(later) == 5 and len(set(later)) == 1  # as before any worker was limited
    assert cores() == before


def test_no_code_sets_the_number_of_threads_of_the_process() -> None:
    calls = re.compile(r"set_num_(interop_)?threads\(|omp_set_num_threads\(")
    files = [path for folder in ("ferkit", "dashboard", "pages") for path in (ROOT / folder).rglob("*.py")]
    setting = [path.relative_to(ROOT).as_posix() for path in files if calls.search(path.read_text("utf-8"))]
    assert setting == ["ferkit/deploy/worker.py"], "it is a process of its own, which times one engine"


def test_training_gives_the_same_during_a_prediction() -> None:
    def train() -> list[torch.Tensor]:
        generator = torch.Generator().manual_seed(0)
        kernel = torch.randn(8, 1, 3, 3, generator=generator).requires_grad_(True)
        x = torch.randn(16, 1, 24, 24, generator=generator)
        for _ in range(30):
            loss = torch.nn.functional.conv2d(x, kernel).relu().mean() + kernel.square().mean()
            (gradient,) = torch.autograd.grad(loss, kernel)
            kernel = (kernel - 0.1 * gradient).detach().requires_grad_(True)
        return [kernel.detach()]

    def predict() -> None:
        x = torch.ones(64, 1, 24, 24)
        while not done.is_set():
            list(over_batches(lambda rows: x[rows].mean(), 64, 16))

    alone, done = together(train, threads=1)[0], threading.Event()
    others = [threading.Thread(target=predict) for _ in range(2)]
    for thread in others:
        thread.start()
    try:
        trained = together(train, threads=2)
    finally:
        done.set()
        for thread in others:
            thread.join()
    assert all(torch.equal(kernel, alone) for kernel in trained)


def test_one_batch_stays_in_the_calling_thread() -> None:
    assert list(over_batches(lambda rows: threading.get_ident(), 3, 4)) == [threading.get_ident()]


def test_an_error_is_raised_and_the_rest_left() -> None:
    done: list[int] = []

    before = cores()

    def work(rows: slice) -> None:
        if rows.start == 0:
            raise ValueError("broken")
        done.append(rows.start)

    with pytest.raises(ValueError, match="broken"):
        list(over_batches(work, 10_000, 1))
    assert len(done) < 10_000
    assert torch.get_num_threads() == before
