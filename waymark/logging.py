"""Structured logs: one JSON object a line, UTC, with the request number and without names, bodies or queries."""

from contextvars import ContextVar
from typing import Any

import structlog

request_number: ContextVar[str] = ContextVar("request_number", default="")


def add_request_number(_logger: Any, _name: str, event: structlog.typing.EventDict) -> structlog.typing.EventDict:
    if number := request_number.get():
        event["request"] = number
    return event


def formatter() -> structlog.stdlib.ProcessorFormatter:
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[
            structlog.stdlib.add_log_level,
            structlog.stdlib.add_logger_name,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            add_request_number,
            structlog.processors.format_exc_info,
        ],
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, structlog.processors.JSONRenderer()],
    )
