"""What gunicorn calls (`--config`). It belongs to the host, because every release needs it."""

import ctypes
import logging
import os
import re
import signal

from gunicorn.glogging import Logger

try:
    from ekklesia.log_masking import MaskingFormatter
except ImportError:  # A release from before it, to which somebody went back.
    MaskingFormatter = logging.Formatter

PR_SET_PDEATHSIG = 1
"""prctl(2), linux/prctl.h."""
QUERY = re.compile(r"\?\S+")


class LogFormatter(MaskingFormatter):
    """An entry without kennitalas, and without the query of a request: staff search for names."""

    def format(self, record):
        """See logging.Formatter."""
        return QUERY.sub("?...", super().format(record))


class MaskedLogger(Logger):
    """gunicorn itself quotes the request that took too long, or that is no HTTP."""

    def setup(self, cfg):
        """See gunicorn's Logger."""
        super().setup(cfg)
        for handler in self.error_log.handlers:
            handler.setFormatter(LogFormatter(self.error_fmt, self.datefmt))


logger_class = MaskedLogger


def post_worker_init(worker):
    """In each worker that is ready: end after the current request if the master dies, for whatever reason.

    By itself, a worker would notice only at its next request, and would still answer that one: as the release
    that it has loaded, even if another one serves by then.
    """
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != worker.ppid:
        os.kill(os.getpid(), signal.SIGTERM)
