"""Logs as JSON lines with Cloud Logging's fields; every kennitala in them is masked.

https://cloud.google.com/logging/docs/structured-logging
"""

from __future__ import annotations

import logging
import os
import re
import sys
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import structlog
from structlog.typing import EventDict, Processor

from .kennitala import mask

TRACE_HEADER = "X-Cloud-Trace-Context"
_TRACE = re.compile(r"(?P<trace>[0-9a-fA-F]{32})(/(?P<span>\d+))?")


def configure() -> None:
    """Send structlog's and the libraries' records alike to standard output. Safe to call again."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", key="time"),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    final: list[Processor] = [
        structlog.stdlib.ProcessorFormatter.remove_processors_meta,
        cloud_logging_fields,
        mask_kennitalas,
        structlog.processors.JSONRenderer(ensure_ascii=False),
    ]
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final))
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)


@contextmanager
def request_context(trace_header: str = "") -> Iterator[str]:
    """Bind a new correlation id, and the trace that Google gave the request, to all records within."""
    correlation_id = uuid.uuid4().hex
    bound: dict[str, Any] = {"correlation_id": correlation_id}
    if found := _TRACE.match(trace_header):
        bound["trace"] = f"projects/{os.environ.get('GCP_PROJECT', '')}/traces/{found['trace']}"
    with structlog.contextvars.bound_contextvars(**bound):
        yield correlation_id


def cloud_logging_fields(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Rename to what Cloud Logging understands."""
    event["severity"] = str(event.pop("level", "info")).upper()
    event["message"] = event.pop("event", "")
    if trace := event.pop("trace", None):
        event["logging.googleapis.com/trace"] = trace
    return event


def mask_kennitalas(_logger: Any, _method: str, event: EventDict) -> EventDict:
    """Mask in every text, however deep."""
    return {
        key: value if key in {"time", "correlation_id"} else _masked(value) for key, value in event.items()
    }


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, Mapping):
        return {_masked(key): _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [_masked(item) for item in value]
    return value if isinstance(value, int | float | None) else mask(str(value))
