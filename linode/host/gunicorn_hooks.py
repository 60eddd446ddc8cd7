"""What gunicorn calls (`--config`). It belongs to the host, because every release needs it."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""prctl(2), linux/prctl.h."""


def post_worker_init(worker):
    """In each worker that is ready: end after the current request if the master dies, for whatever reason.

    By itself, a worker would notice only at its next request, and would still answer that one: as the release
    that it has loaded, even if another one serves by then.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), signal.SIGTERM)
