"""Another party's SPARQL endpoint, over a socket, for tests of `SERVICE`."""

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from pyoxigraph import QueryBoolean, QueryResultsFormat, QuerySolutions, RdfFormat, Store

JSON = "application/sparql-results+json"
Reply = Callable[[BaseHTTPRequestHandler], None]


@dataclass
class Endpoint:
    """What it was asked, in order: the queries, and the headers that came with them."""

    port: int = 0
    queries: list[str] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)


def content(body: bytes, status: int = 200, **headers: str) -> Reply:
    """A reply with this body, whatever is asked; `content_type` and others as keywords."""

    def reply(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in ({"content_type": JSON} | headers).items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        handler.wfile.write(body)

    return reply


def solutions(store: Store, query: str) -> bytes:
    """What a store answers, as SPARQL JSON."""
    results = store.query(query)
    assert isinstance(results, QuerySolutions | QueryBoolean)
    return results.serialize(format=QueryResultsFormat.JSON)


@contextmanager
def endpoint(
    turtle: str = "",
    reply: Reply | None = None,
    tls: ssl.SSLContext | None = None,
    host: str = "127.0.0.1",
) -> Iterator[Endpoint]:
    """An endpoint over some triples, or one that always gives the same reply."""
    store, seen = Store(), Endpoint()
    store.load(turtle, format=RdfFormat.TURTLE)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"])).decode()
            query = parse_qs(body)["query"][0]
            seen.queries.append(query)
            seen.headers.append({name.lower(): value for name, value in self.headers.items()})
            (reply or content(solutions(store, query)))(self)

        def log_message(self, format: str, *args: object) -> None:
            """Keep quiet."""

    with ThreadingHTTPServer((host, 0), Handler) as server:
        server.handle_error = lambda request, address: None  # a client that leaves early
        if tls:
            server.socket = tls.wrap_socket(server.socket, server_side=True)
        seen.port = server.server_port
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield seen
        finally:
            server.shutdown()
            thread.join()
