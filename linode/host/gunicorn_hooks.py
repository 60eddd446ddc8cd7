"""What gunicorn calls (`--config`). It is the host's, not a release's: it must be there for each of them."""

import ctypes
import os
import signal

PR_SET_PDEATHSIG = 1
"""prctl(2), linux/prctl.h."""


def post_worker_init(worker):
    """In each worker that is ready: end, after the request under way, when the master has died in any way.

    Of itself a worker would notice at its next request only, and still answer that: as the release that it
    has loaded, whichever serves by then.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), signal.SIGTERM)
