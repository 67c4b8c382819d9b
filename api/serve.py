"""Running the server: a supervisor that holds the port, and the process that answers below it.

Where that process dies, another takes its place, and who connects meanwhile waits. Where the
supervisor dies, so does everything below it: the service manager starts it again.
"""

import os

from uvicorn import Config
from uvicorn.supervisors import Multiprocess

from api.logs import configure
from api.settings import from_environment, is_public
from ocsea.background import die_with

SUPERVISOR = "OCSEA_SUPERVISOR"
"""The variable that tells the process below the number of the one above."""


def serve(host: str, port: int) -> None:
    """Serve the current release until a signal ends it."""
    os.environ[SUPERVISOR] = str(os.getpid())
    if not os.environ.get("OCSEA_PUBLIC"):
        os.environ["OCSEA_PUBLIC"] = "yes" if is_public(host) else "no"
    configure(from_environment().log)
    config = Config(
        "api.app:create_app",
        factory=True,
        host=host,
        port=port,
        http="api.front:Front",
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=5,
    )
    Multiprocess(config, sockets=[config.bind_socket()]).run()


def end_with_supervisor() -> None:
    """Let this process end when its supervisor does; nothing where it has none."""
    if number := os.environ.get(SUPERVISOR):
        die_with(int(number))
