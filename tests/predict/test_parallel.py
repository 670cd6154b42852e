"""Batches side by side give what one after the other gives."""

import threading

import pytest
import torch

from ferkit.predict.parallel import CORES, over_batches


def test_every_face_once_and_in_order() -> None:
    told: list[tuple[int, int]] = []
    rows = list(over_batches(lambda rows: (rows.start, rows.stop), 10, 4, lambda done, n: told.append((done, n))))
    assert rows == [(0, 4), (4, 8), (8, 10)]
    assert told == [(4, 10), (8, 10), (10, 10)]
    assert list(over_batches(lambda rows: rows, 0, 4)) == []


def test_threads_are_as_many_afterwards() -> None:
    inside = list(over_batches(lambda rows: torch.get_num_threads(), 8, 2))
    assert set(inside) == {1}
    later: list[int] = []
    thread = threading.Thread(target=lambda: later.append(torch.get_num_threads()))
    thread.start()
    thread.join()
    assert [torch.get_num_threads(), *later] == [CORES, CORES]


def test_one_batch_stays_where_it_was_asked_for() -> None:
    assert list(over_batches(lambda rows: threading.get_ident(), 3, 4)) == [threading.get_ident()]


def test_an_error_is_raised_and_the_rest_left() -> None:
    done: list[int] = []

    def work(rows: slice) -> None:
        if rows.start == 0:
            raise ValueError("broken")
        done.append(rows.start)

    with pytest.raises(ValueError, match="broken"):
        list(over_batches(work, 10_000, 1))
    assert len(done) < 10_000
    assert torch.get_num_threads() == CORES
