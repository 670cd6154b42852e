"""Shards of faces read by the workers of a Ray cluster, or of this machine.

    $ python -m ferkit evaluate compact --data many --ray auto

Needs the extra `ray` here and ferkit of this version on every node. Network and faces travel by Ray: nodes share no
files.
"""

import socket
from collections import deque
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from ferkit.errors import ConfigError
from ferkit.evaluate.shards import Pair, Progress, Shard, read
from ferkit.predict.classifier import Classifier

__all__ = ["LOCAL", "workers"]

LOCAL = "local"
SHARD = 1024  # faces: small enough that all workers have some
PATIENCE = 5  # seconds
AHEAD = 2  # shards on their way for each worker: faces that lie in a file are not read faster than they are needed


def workers(address: str) -> dict[str, Any]:
    """What `ferkit.evaluate.shards.answers` takes to have its shards read by the cluster at `address` ("auto": the one
    of this machine; `LOCAL`: processes started now).

    Raises ConfigError without Ray, or where no cluster answers.
    """
    try:
        import ray
    except ImportError as error:
        raise ConfigError("Evaluating on Ray needs ray: pip install 'ferkit[ray]'") from error
    try:
        host, _, port = address.rpartition(":")
        if host:  # Ray itself would end this process after two minutes
            socket.create_connection((host, int(port)), timeout=PATIENCE).close()
        ray.init(address=address, log_to_driver=False, logging_level="ERROR", include_dashboard=False)
    except (OSError, ValueError, RuntimeError) as error:
        raise ConfigError(
            f"Expected a Ray cluster at {address}, but none answers. Start one: ray start --head; or take --ray {LOCAL}"
        ) from error
    return {"shard": SHARD, "each": _each}


def _each(classifier: Classifier, pairs: Iterable[Pair], progress: Progress) -> Iterator[Shard]:
    import ray

    held, task = ray.put(classifier), ray.remote(num_cpus=1)(read)
    most, running, done = AHEAD * int(ray.cluster_resources()["CPU"]), deque[Any](), 0

    def first() -> Shard:
        nonlocal done
        found: Shard = ray.get(running.popleft())
        done += len(found.logits)
        progress(done, done)
        return found

    try:
        for images, labels in pairs:
            if len(running) >= most:
                yield first()
            running.append(task.remote(held, np.ascontiguousarray(images), labels))
        while running:
            yield first()
    finally:
        ray.shutdown()
