"""The server in a network that has no other machine in it, and in which it may call one.

`unshare --net python tests/apart.py {folder}` gives an address of the public internet to this
process's own network, so that an endpoint can listen there; nothing that is sent leaves it. The
server over the releases in the folder is as it is shipped. What it answers is printed as JSON.
"""

import fcntl
import json
import socket
import struct
import sys
from pathlib import Path

import httpx
from api_server import ID, running
from endpoint import endpoint

PUBLIC = "9.9.9.9"
REMOTE = f"""@prefix e: <http://e/> .
<{ID}thing/1> e:says "one" . <{ID}thing/2> e:says "two"@en . <{ID}none> e:says 3 ."""
QUERY = """SELECT ?label ?said WHERE {
  ?thing <http://www.w3.org/2000/01/rdf-schema#label> ?label
  SERVICE <http://%s/sparql> { ?thing <http://e/says> ?said }
} ORDER BY ?label"""
SET_ADDRESS, SET_FLAGS, UP = 0x8916, 0x8914, 1


def own(name: bytes, address: str) -> None:
    """Give an address to an interface of this network, and put it to use (see netdevice(7))."""
    asked = struct.pack("16sHH4s8x", name, socket.AF_INET, 0, socket.inet_aton(address))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        fcntl.ioctl(control, SET_ADDRESS, asked)
        fcntl.ioctl(control, SET_FLAGS, struct.pack("16sh14x", name, UP))


def main(var: Path) -> None:
    """Ask the server for what another endpoint says, at a public address and at a private one."""
    own(b"lo", "127.0.0.1")
    own(b"lo:1", PUBLIC)
    with endpoint(REMOTE, host="0.0.0.0") as remote:
        hosts = [f"{address}:{remote.port}" for address in (PUBLIC, "127.0.0.1")]
        allowed = ",".join(f"http://{host}" for host in hosts)
        with running(var, OCSEA_SERVICES=allowed) as server:
            answers = [httpx.get(server.url + "/sparql", params={"query": QUERY % host}, timeout=20)
                       for host in (*hosts, "8.8.8.8")]  # fmt: skip
    told = [(answer.status_code, answer.json()) for answer in answers]
    print(json.dumps({"answers": told, "asked": len(remote.queries)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
