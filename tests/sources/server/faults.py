"""What can go wrong between here and a service: one function each."""

from __future__ import annotations

import gzip
import socket
import struct
import time
from collections.abc import Callable

from sources.server.app import HTML, JSON, Fault, Handler

PORTAL = b"<!DOCTYPE html><html><body>Please log in to the guest network</body></html>"


def status(code: int, body: bytes = b"", kind: str = HTML, **headers: str) -> Fault:
    """Answer with this status."""
    return lambda handler: handler.send(code, kind, body, **headers)


def reset(handler: Handler) -> None:
    """Break the connection off with a RST."""
    linger = struct.pack("ii", 1, 0)
    handler.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    handler.connection.close()
    handler.close_connection = True


def half_body(handler: Handler) -> None:
    """Promise more bytes than are sent."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b'{"status":"ok"')
    handler.close_connection = True


def truncated_gzip(handler: Handler) -> None:
    """A compressed body that ends too early, with a length that agrees."""
    whole = gzip.compress(b'{"status":"ok","message-type":"work","message":{}}' * 50)
    handler.send(200, JSON, whole[: len(whole) // 2], Content_Encoding="gzip")


def bomb(handler: Handler) -> None:
    """Small on the wire, 64 MB when unpacked."""
    handler.send(200, JSON, gzip.compress(b" " * 64_000_000, 9), Content_Encoding="gzip")


def endless(handler: Handler) -> None:
    """A body without an end, in chunks."""
    handler.send_response(200)
    handler.send_header("Content-Type", JSON)
    handler.send_header("Transfer-Encoding", "chunked")
    handler.end_headers()
    piece = b" " * 65_536
    while True:
        handler.wfile.write(b"10000\r\n" + piece + b"\r\n")


def silence(seconds: float) -> Fault:
    """Say nothing for a while, then go away."""

    def wait(handler: Handler) -> None:
        time.sleep(seconds)
        handler.close_connection = True

    return wait


def drip(seconds: float) -> Fault:
    """One byte at a time, each within the time-out."""

    def slowly(handler: Handler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Type", JSON)
        handler.send_header("Content-Length", "1000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(seconds)

    return slowly


def redirect(to: str, code: int = 302) -> Fault:
    """Point somewhere else."""
    return lambda handler: handler.send(code, HTML, b"", Location=to)


def circle(handler: Handler) -> None:
    """Point at itself."""
    handler.send(302, HTML, b"", Location=handler.path)


LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY a "ha">'
    b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">'
    b"]><PubmedArticleSet>&c;</PubmedArticleSet>"
)
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE PubmedArticleSet [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
    b"<PubmedArticleSet>&x;</PubmedArticleSet>"
)
DEEP_XML = b"<PubmedArticleSet>" + b"<a>" * 50_000 + b"</a>" * 50_000 + b"</PubmedArticleSet>"
DEEP_JSON = b'{"status":"ok","message":{"a":' + b"[" * 50_000 + b"]" * 50_000 + b"}}"

Faults = dict[str, Callable[[], Fault]]
TRANSIENT: Faults = {
    "429 without Retry-After": lambda: status(429),
    "429 with seconds": lambda: status(429, Retry_After="3"),
    "429 with a date": lambda: status(429, Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    "500": lambda: status(500, b'{"status":"error","message-type":"exception"}', JSON),
    "504 page": lambda: status(504, b"<html>504 Gateway Time-out</html>"),
    "reset": lambda: reset,
    "half a body": lambda: half_body,
    "truncated gzip": lambda: truncated_gzip,
}
"""Faults after which asking again helps."""
