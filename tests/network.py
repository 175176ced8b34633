"""No test leaves this machine: sockets reach loopback and unix sockets, names resolve only locally."""

import ipaddress
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest


class OutsideNetwork(RuntimeError):
    """A test reached for another machine. Not an OSError: the code under test would swallow it."""


@contextmanager
def only_loopback() -> Iterator[None]:
    """Refuse every other address until the block ends. C libraries (libpq, uvloop) are out of its reach."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("connect", "connect_ex", "sendto"):
            patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
        patch.setattr(socket, "getaddrinfo", _local_names(socket.getaddrinfo))
        yield


def _guarded(real: Callable[..., object]) -> Callable[..., object]:
    def reach(self: socket.socket, *arguments: object) -> object:
        address = arguments[-1]
        inet = self.family in (socket.AF_INET, socket.AF_INET6)
        if inet and not (isinstance(address, tuple) and _is_loopback(address[0])):
            raise OutsideNetwork(address)
        return real(self, *arguments)

    return reach


def _local_names(real: Callable[..., object]) -> Callable[..., object]:
    def resolve(host: str | bytes | None, *arguments: object, **options: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if name and name != socket.gethostname() and not _is_literal(name):
            raise OutsideNetwork(name)
        return real(host, *arguments, **options)

    return resolve


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_literal(host) and ipaddress.ip_address(host).is_loopback)


def _is_literal(host: str) -> bool:
    """Whether looking the host up asks nobody: it is an address already."""
    if host == "localhost":
        return True
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
