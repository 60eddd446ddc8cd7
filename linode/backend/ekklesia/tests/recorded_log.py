"""What a logger writes meanwhile, as text."""

import io
import logging
from contextlib import contextmanager


@contextmanager
def recorded(name, formatter=None):
    """A stream with the lines of a logger, from INFO on; the test settings' own levels are higher."""
    logger, stream = logging.getLogger(name), io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    level = logger.level
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    try:
        yield stream
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
