"""One batch for many requests: each gets its own rows, nobody waits for ever."""

import threading

import numpy as np
import pytest

from ferkit.serve.engine import LARGEST, Batched
from tests.predict.stubs import Stub
from tests.serve.serving import CLASSES, brightness


def gray(value: int, n: int = 1) -> np.ndarray:
    return np.full((n, 8, 8), value, np.uint8)


def test_a_lone_request_gets_the_probabilities_of_the_engine() -> None:
    batched = Batched(Stub(CLASSES, brightness))
    np.testing.assert_array_equal(batched.probabilities(gray(51, 3)), brightness(gray(51, 3)))
    batched.close()


def test_what_arrives_during_a_batch_is_one_batch_and_each_gets_its_rows() -> None:
    release, sizes = threading.Event(), []

    def slow(images: np.ndarray) -> np.ndarray:
        release.wait(5)
        return brightness(images)

    batched = Batched(Stub(CLASSES, slow), sizes.append)
    first = batched.submit(gray(0))
    while not batched._asked.empty():  # until the thread is at work on it
        pass
    others = [batched.submit(gray(value, n)) for value, n in ((51, 2), (102, 1), (153, 3))]
    release.set()
    assert first.result(5)[0, 1] == 0
    assert [answer.result(5)[:, 1].round(3).tolist() for answer in others] == [[0.2] * 2, [0.4], [0.6] * 3]
    batched.close()
    assert sizes == [1, 6]


def test_a_batch_has_at_most_so_many_faces_of_several_requests() -> None:
    release, sizes = threading.Event(), []
    batched = Batched(Stub(CLASSES, lambda x: (release.wait(5), brightness(x))[1]), sizes.append)
    answers = [batched.submit(gray(9, 1))]
    while not batched._asked.empty():
        pass
    answers += [batched.submit(gray(9, LARGEST - 1)) for _ in range(4)]
    release.set()
    assert [len(answer.result(5)) for answer in answers] == [1, *[LARGEST - 1] * 4]
    batched.close()
    assert sizes == [1, 2 * (LARGEST - 1), 2 * (LARGEST - 1)]


def test_an_exception_reaches_those_of_its_batch_and_the_thread_goes_on() -> None:
    def broken(images: np.ndarray) -> np.ndarray:
        if images.mean() > 250:
            raise ValueError("too bright")
        return brightness(images)

    batched = Batched(Stub(CLASSES, broken))
    with pytest.raises(ValueError, match="too bright"):
        batched.probabilities(gray(255))
    assert batched.probabilities(gray(0))[0, 0] == 1
    batched.close()


def test_closing_answers_what_was_asked_before() -> None:
    batched = Batched(Stub(CLASSES, brightness))
    answers = [batched.submit(gray(255)) for _ in range(20)]
    batched.close()
    assert all(answer.result(0)[0, 1] == 1 for answer in answers)
