"""Ports: what a process and its children listen on, and one that is free. Here: reading /proc (Linux). Not here: judging it."""

import ipaddress
import random
import socket
from collections.abc import Iterable
from pathlib import Path

_LISTEN = "0A"


def quiet_port() -> int:
    """A free port of loopback below those that the kernel hands out by itself, so that nobody gets it until it is used."""
    while True:
        port = random.SystemRandom().randrange(20_000, 32_000)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port


def listening(pids: Iterable[int]) -> set[tuple[str, int]]:
    """(address, port) of every TCP socket these processes listen on."""
    found: set[tuple[str, int]] = set()
    for pid in pids:
        folder = Path("/proc") / str(pid)
        try:
            inodes = {link.readlink().name.removeprefix("socket:[").rstrip("]") for link in (folder / "fd").iterdir()}
            lines = [line for name in ("tcp", "tcp6") for line in (folder / "net" / name).read_text().splitlines()[1:]]
        except OSError:
            continue  # it has ended
        for fields in (line.split() for line in lines):
            if fields[3] == _LISTEN and fields[9] in inodes:
                found.add(_address(fields[1]))
    return found


def _address(text: str) -> tuple[str, int]:
    """`0100007F:0BB8` as the kernel writes it -> ("127.0.0.1", 3000): words of four bytes in the machine's order."""
    raw, port = text.split(":")
    words = bytes.fromhex(raw)
    packed = b"".join(words[n : n + 4][::-1] for n in range(0, len(words), 4))
    return str(ipaddress.ip_address(packed)), int(port, 16)
