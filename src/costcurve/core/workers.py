"""Where chunks are computed: processes of this machine, or an existing Ray cluster."""

from __future__ import annotations

import logging
import multiprocessing
import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from importlib import import_module
from multiprocessing import connection, resource_tracker
from pathlib import Path
from typing import Any, Protocol

from costcurve.core.errors import CostcurveError, InputError, MissingExtraError, WorkerLostError

#: One thread each: chunks already fill the processors, and the digits of a matrix product may
#: depend on how many threads share it.
_LIBRARIES = ("OMP", "OPENBLAS", "MKL", "NUMEXPR")
THREADS = {f"{library}_NUM_THREADS": "1" for library in _LIBRARIES}
#: How long a finished chunk is waited for at a time, so that Ctrl-C is answered.
_PATIENCE_S = 1.0
_REACHED_WITHIN_S = 10.0


class Pool(Protocol):
    """Something that computes chunks."""

    @property
    def size(self) -> int:
        """Chunks computed at once."""

    def submit(self, index: int, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Start a chunk."""

    def finished(self) -> Iterator[tuple[int, Any]]:
        """Return what finished chunks returned, once there are any; nothing after a while."""


class LocalPool:
    """Processes of this machine, each with one thread of arithmetic."""

    def __init__(self, workers: int) -> None:
        self.size = workers
        self._pool = ProcessPoolExecutor(
            workers, multiprocessing.get_context("spawn"), initializer=_prepare_worker
        )
        self._running: dict[Future[Any], int] = {}

    def submit(self, index: int, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Start a chunk.

        Raises
        ------
        WorkerLostError
            If a process was killed before.
        """
        try:
            with _no_interrupts():
                self._running[self._pool.submit(function, *arguments)] = index
        except BrokenProcessPool:
            raise _killed() from None

    def finished(self) -> Iterator[tuple[int, Any]]:
        """Return what finished chunks returned, once there are any; nothing after a while.

        Raises
        ------
        WorkerLostError
            If a process was killed: out of memory, for one.
        """
        done, _ = wait(self._running, _PATIENCE_S, FIRST_COMPLETED)
        for future in done:
            try:
                yield self._running.pop(future), future.result()
            except BrokenProcessPool:
                raise _killed() from None

    def close(self, *, at_once: bool) -> None:
        """End the processes; at once even in the middle of a chunk."""
        # Python 3.14 has terminate_workers; before, only the pool itself knows its own processes.
        own = list((self._pool._processes or {}).values()) if at_once else []
        self._pool.shutdown(wait=not at_once, cancel_futures=True)
        for process in own:
            process.terminate()


def _killed() -> WorkerLostError:
    words = "a process that computed a chunk was killed, perhaps for want of memory"
    return WorkerLostError(words)


@contextmanager
def _no_interrupts() -> Iterator[None]:
    """Hold Ctrl-C back while processes start: they inherit that, and answer with no traceback.

    It is heard as soon as they have started; were it ignored here, it would be lost.
    """
    is_main = threading.current_thread() is threading.main_thread()
    if not is_main or not hasattr(signal, "pthread_sigmask"):
        yield
        return
    # It lets go of signals when it starts, which would be in the middle.
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _prepare_worker() -> None:
    """Leave Ctrl-C to the process that shares out the work, and end when it does."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    """End this process once its parent is gone: killed, it could not say so."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


class RayPool:
    """An existing Ray cluster; the package travels with the job, its dependencies do not."""

    def __init__(self, address: str) -> None:
        try:
            # An extra, and large.
            ray: Any = import_module("ray")
        except ImportError:
            raise MissingExtraError("a Ray cluster", "ray") from None
        _check_reachable(address)
        package = str(Path(__file__).resolve().parent.parent)
        try:
            ray.init(
                address=address,
                runtime_env={"env_vars": THREADS, "py_modules": [package]},
                log_to_driver=False,
                logging_level=logging.ERROR,
            )
        except (ConnectionError, ValueError, RuntimeError) as error:
            why = str(error).splitlines()[0] if str(error) else type(error).__name__
            raise InputError.of("ray", address, f"cannot be reached: {why}") from None
        self._ray = ray
        self.size = max(1, int(ray.cluster_resources().get("CPU", 1)))
        self._running: dict[Any, int] = {}

    def submit(self, index: int, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        """Start a chunk."""
        remote = self._ray.remote(num_cpus=1)(function)
        self._running[remote.remote(*arguments)] = index

    def finished(self) -> Iterator[tuple[int, Any]]:
        """Return what finished chunks returned, once there are any; nothing after a while."""
        done, _ = self._ray.wait(list(self._running), num_returns=1, timeout=_PATIENCE_S)
        for reference in done:
            try:
                yield self._running.pop(reference), self._ray.get(reference)
            except self._ray.exceptions.RayError as error:
                if isinstance(cause := getattr(error, "cause", None), CostcurveError):
                    raise cause from None
                words = f"the Ray cluster lost a chunk: {type(error).__name__}"
                raise WorkerLostError(words) from None

    def close(self, *, at_once: bool) -> None:
        """Leave the cluster; what still runs there is cancelled."""
        if at_once:
            for reference in self._running:
                self._ray.cancel(reference, force=True)
        self._ray.shutdown()


def _check_reachable(address: str) -> None:
    """Raise InputError unless something listens there: Ray itself would try for minutes."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon:  # "auto" and the like
        return
    try:
        with socket.create_connection((host, int(port)), _REACHED_WITHIN_S):
            pass
    except (OSError, ValueError, OverflowError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise InputError.of("ray", address, f"cannot be reached: {why}") from None


@contextmanager
def open_pool(workers: int, ray_address: str | None) -> Iterator[Pool]:
    """Return a pool, and close it: at once when the work was broken off.

    Parameters
    ----------
    workers : int
        Processes of this machine.
    ray_address : str, optional
        Of a Ray cluster, in their place.

    Raises
    ------
    InputError
        If the cluster cannot be reached.
    MissingExtraError
        If Ray is not installed.
    """
    before = {name: os.environ.get(name) for name in THREADS}
    # A process that starts reads them before it loads NumPy.
    os.environ.update(THREADS)
    try:
        pool = LocalPool(workers) if ray_address is None else RayPool(ray_address)
        try:
            yield pool
        except BaseException:
            pool.close(at_once=True)
            raise
        pool.close(at_once=False)
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
