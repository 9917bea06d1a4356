"""numpy's matrix products, held to the thread that asks, as long as there is somebody to ask.

A question's matrices are small: a second thread is no faster at them, and on a busy machine its
waiting takes several times the CPU time of the work. With another number of threads the last bits
of a product may differ, so it is the same for all questions.
"""

import os
import threading
from contextlib import AbstractContextManager, nullcontext
from functools import cached_property
from typing import Any


class _OneThread(AbstractContextManager[None]):
    """Many may be in it at once; the last one that leaves restores what was set.

    As far as OpenBLAS lets it: of several threads it listens to the one that set it first.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._inside = 0
        self._limits: Any = None

    @cached_property
    def _blas(self) -> Any:
        # Takes as long to import as to answer a question.
        from threadpoolctl import ThreadpoolController

        return ThreadpoolController().select(user_api="blas")

    def __enter__(self) -> None:
        with self._lock:
            if not self._inside:
                self._limits = self._blas.limit(limits=1)
            self._inside += 1

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._inside -= 1
            if not self._inside:
                self._limits.restore_original_limits()


# Whoever sets the variable, as our command line does, has chosen for the whole process.
one_blas_thread = nullcontext() if "OPENBLAS_NUM_THREADS" in os.environ else _OneThread()
