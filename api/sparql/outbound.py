"""Calling another server: only one that the operator named, and never a private address.

The name is looked up here, every address found is judged, and the connection goes to one of the
judged addresses, so a name that is looked up differently a moment later leads nowhere else.
"""

import asyncio
import functools
import ipaddress
import socket
import ssl
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

import httpx
import idna

from api.engine import ServiceFailed

PORTS = {"http": 80, "https": 443}
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
ACCEPTED = {"application/sparql-results+json", "application/json"}
HEADERS = {
    "accept": "application/sparql-results+json",
    "accept-encoding": "identity",
    "user-agent": "ocsea",
}


@dataclass(frozen=True, slots=True)
class Origin:
    """Scheme, host (lower case, IDNA) and port of an address: what is compared with the list."""

    scheme: str
    host: str
    port: int

    @property
    def authority(self) -> str:
        """The value of the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == PORTS[self.scheme] else f"{host}:{self.port}"


async def look_up(host: str, port: int) -> list[str]:
    """The addresses behind a name; OSError where there are none."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: str) -> bool:
    """Whether an address belongs to the public internet, also where it wraps an IPv4 address."""
    ip = ipaddress.ip_address(address)
    if isinstance(ip, ipaddress.IPv6Address):
        if inner := _wrapped(ip):
            return is_public(str(inner))
        if ip.is_site_local:
            return False
    return ip.is_global and not ip.is_multicast and not ip.is_reserved


def _wrapped(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if ip in NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour


@functools.cache
def certificates() -> ssl.SSLContext:
    """The authorities that browsers trust; read once, since reading takes a while."""
    return httpx.create_ssl_context(trust_env=False)


@dataclass(frozen=True, slots=True)
class Network:
    """How names become addresses, which of these may be called, and whose certificates count."""

    look_up: Callable[[str, int], Awaitable[list[str]]] = look_up
    may_call: Callable[[str], bool] = is_public
    certificates: Callable[[], ssl.SSLContext] = certificates


INTERNET = Network()


def allowed_origin(iri: str, allowed: Collection[str]) -> Origin | None:
    """The origin of an endpoint that the operator's list allows, or None.

    An entry is `host` or `host:port` for https, or the same after `http://` for http.
    """
    origin = _origin(iri)
    return origin if origin and origin in {_origin(entry) for entry in allowed} else None


def _origin(text: str) -> Origin | None:
    try:
        parts = urlsplit(text if "://" in text else "https://" + text)
        host = _ascii(parts)
        port = PORTS.get(parts.scheme) if parts.port is None else parts.port
    except ValueError:
        return None
    if not host or not port or parts.scheme not in PORTS or "@" in parts.netloc:
        return None
    return Origin(parts.scheme, host, port)


def _ascii(parts: SplitResult) -> str:
    host = parts.hostname or ""
    return host if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


async def post(
    iri: str, origin: Origin, form: Mapping[str, str], limit: int, network: Network
) -> bytes:
    """The answer to a form, at most `limit` bytes of SPARQL JSON; else `ServiceFailed`."""
    address = await _address(origin, network)
    path = httpx.URL(iri).raw_path
    target = httpx.URL(scheme=origin.scheme, host=address, port=origin.port, raw_path=path)
    headers = HEADERS | {"host": origin.authority}
    named = {} if _is_address(origin.host) else {"sni_hostname": origin.host}
    client = httpx.AsyncClient(trust_env=False, verify=network.certificates(), timeout=None)
    async with (
        client,
        client.stream("POST", target, data=form, headers=headers, extensions=named) as response,
    ):
        return await _content(response, limit)


async def _address(origin: Origin, network: Network) -> str:
    addresses = await network.look_up(origin.host, origin.port)
    if not addresses or not all(map(network.may_call, addresses)):
        raise ServiceFailed("its name does not lead to public addresses only")
    return addresses[0]


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def _content(response: httpx.Response, limit: int) -> bytes:
    if response.status_code != 200:
        raise ServiceFailed(f"it answered with status {response.status_code}")
    if response.headers.get("content-encoding", "identity") != "identity":
        raise ServiceFailed("it compressed its answer, which was not asked for")
    essence = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if essence not in ACCEPTED:
        raise ServiceFailed("its answer is no SPARQL JSON")
    content = bytearray()
    async for piece in response.aiter_raw():
        content += piece
        if len(content) > limit:
            raise ServiceFailed(f"its answer is longer than {limit} bytes")
    return bytes(content)
