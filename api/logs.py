"""What is logged, and how: a JSON object a line on standard error, or text for people."""

import logging
import logging.config
from ipaddress import ip_address, ip_network
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter
from starlette.types import Scope

OURS = "ocsea"
REQUESTS = logging.getLogger("ocsea.requests")
NOT_SAID = [*RESERVED_ATTRS, "color_message"]
"""Attributes of a record that are not fields of ours."""


class Json(JsonFormatter):
    """`time` (RFC 3339, UTC), `level`, `event` and the record's own fields."""

    def __init__(self) -> None:
        super().__init__(
            ["levelname", "message"],
            rename_fields={"levelname": "level", "message": "event"},
            reserved_attrs=NOT_SAID,
            timestamp="time",
            json_ensure_ascii=False,
        )


class Text(logging.Formatter):
    """The same as a line for people."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)-8s %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - `logging` calls it by this name
        """The line, with the record's own fields after it."""
        fields = {name: value for name, value in vars(record).items() if name not in NOT_SAID}
        said = "".join(f" {name}={value!r}" for name, value in fields.items())
        return super().formatMessage(record) + said


def configure(style: str) -> None:
    """Log as `OCSEA_LOG` has it: `events`, `requests` (events too), or `text` for people."""
    formatter = Text if style == "text" else Json
    logging.config.dictConfig(
        {
            "version": 1,
            "disable_existing_loggers": False,
            "formatters": {"ours": {"()": formatter}},
            "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "ours"}},
            "loggers": {
                OURS: {"handlers": ["stderr"], "level": "INFO", "propagate": False},
                REQUESTS.name: {"level": "INFO" if style == "requests" else "WARNING"},
                "uvicorn": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
                "uvicorn.error": {"level": "WARNING"},
                "uvicorn.access": {"handlers": [], "propagate": False},
            },
        }
    )


def requests_are_logged() -> bool:
    """Whether each request is, and so none may be answered past the application."""
    return REQUESTS.isEnabledFor(logging.INFO)


def request(scope: Scope, status: int, seconds: float, sent: int) -> None:
    """Log a request, where requests are: nothing of its query, of its client only the network."""
    if not requests_are_logged():
        return
    fields: dict[str, Any] = {"method": scope["method"], "path": scope["path"], "status": status}
    fields |= {"ms": round(seconds * 1000, 2), "bytes": sent, "client": network(scope["client"])}
    REQUESTS.info("request", extra=fields)


def network(client: tuple[str, int] | None) -> str | None:
    """The network of a client: 24 bits of an IPv4 address, 48 of an IPv6 one."""
    try:
        address = ip_address(client[0] if client else "")
    except ValueError:
        return None
    return str(ip_network((address, 24 if address.version == 4 else 48), strict=False))
