"""The worker processes: started, and started again when they die or hang."""

import signal
import socket
import sys
import time
from multiprocessing.connection import wait
from typing import Protocol

import uvicorn
from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors.multiprocess import Multiprocess, Process

__all__ = ["ALIVE", "Stoppable", "Workers"]

TICK = 0.2  # seconds between two looks at the signals; a dead worker is noticed at once
ALIVE = 30  # seconds within which a busy worker must answer the parent
STARTS = 180  # seconds that a worker may take to start: torch and a network, on a machine that others keep busy


class Stoppable(Protocol):
    """What feeds the workers."""

    def is_alive(self) -> bool: ...

    def join(self) -> None: ...

    def stop(self, now: bool = False) -> None: ...


class Workers(Multiprocess):
    """uvicorn's supervisor, for as long as a front runs: a signal to end ends the front first.

    uvicorn's own look at a worker waits for its answer, `ALIVE` seconds where the worker was killed meanwhile; here
    nothing waits for one worker alone.
    """

    def __init__(self, config: uvicorn.Config, inner: socket.socket, front: Stoppable) -> None:
        super().__init__(config, [inner])
        self.front = front
        self._asked: dict[Process, float] = {}  # when, of workers that have not answered yet

    def run(self) -> None:
        self.init_processes()
        while self.front.is_alive() and not self.should_exit.is_set():
            wait([process.process.sentinel for process in self.processes], TICK)
            self.handle_signals()
            self.keep_subprocess_alive()
        self.front.stop(now=True)  # where a worker could not start: nobody will answer
        self.front.join()
        self.should_exit.set()
        self.terminate_all()
        self.join_all()

    def handle_int(self) -> None:
        self.front.stop()

    handle_term = handle_break = handle_int

    def restart_all(self) -> None:
        """Each worker by a new one, which answers before the old one ends; if it cannot start, the old ones go on."""
        for place, old in enumerate(self.processes):
            new = Process(self.config, self.sockets)
            new.start()
            if not self._starts(new):
                new.kill()
                new.join()
                print("A new worker did not start: the old ones go on.", file=sys.stderr, flush=True)
                return
            old.terminate()
            old.join()
            self.processes[place] = new

    def _starts(self, new: Process) -> bool:
        """Within `STARTS` seconds, and before a signal to end."""
        end, ready = time.monotonic() + STARTS, getattr(new, "is_ready", new.ping)
        while time.monotonic() < end and new.process.is_alive() and not self._ends():
            if ready(TICK):
                return True
        return False

    def _ends(self) -> bool:
        return not self.front.is_alive() or bool({signal.SIGINT, signal.SIGTERM} & set(self.signal_queue))

    def keep_subprocess_alive(self) -> None:
        self._asked = {process: at for process, at in self._asked.items() if process in self.processes}
        for place, process in enumerate(self.processes):
            if process.process.is_alive() and not self._hangs(process):
                continue
            process.kill()
            process.join()
            if process.exitcode == STARTUP_FAILURE:  # it would fail again
                self.should_exit.set()
                return
            self.processes[place] = Process(self.config, self.sockets)
            self.processes[place].start()

    def _hangs(self, process: Process) -> bool:
        """Asks it, unless it was asked already; whether an answer is overdue."""
        try:
            while process.parent_conn.poll():
                process.parent_conn.recv()
                self._asked.pop(process, None)
            if process not in self._asked:
                process.parent_conn.send(b"ping")
                self._asked[process] = time.monotonic()
        except (OSError, EOFError):
            return True
        return time.monotonic() - self._asked[process] > ALIVE
