"""Length-prefixed frames, as PROTOCOL.md has them: a JSON header and a payload of bytes."""

import json
import struct

MAX_HEADER = 1 << 20
MAX_PAYLOAD = 64 << 20
_LENGTHS = struct.Struct(">II")
# `json.dumps` with options makes one each time.
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# Of what may hold a value that JSON does not know.
encode_any = json.JSONEncoder(ensure_ascii=False, default=repr).encode


class ProtocolError(Exception):
    """The other side sent something that is no frame."""


def pack(header: dict, payload: bytes = b"") -> bytes:
    head = _encode(header).encode("utf-8", "replace")
    if len(head) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise ProtocolError("frame too large")
    return _LENGTHS.pack(len(head), len(payload)) + head + payload


class Reader:
    """Takes bytes as they come, gives whole frames."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        self._buffer += data

    def next(self) -> tuple[dict, bytes] | None:
        buffer = self._buffer
        if len(buffer) < 8:
            return None
        head, body = _LENGTHS.unpack_from(buffer)
        if head > MAX_HEADER or body > MAX_PAYLOAD:
            raise ProtocolError("frame too large")
        end = 8 + head + body
        if len(buffer) < end:
            return None
        view = memoryview(buffer)
        raw, payload = bytes(view[8 : 8 + head]), bytes(view[8 + head : end])
        view.release()
        del buffer[:end]
        try:
            header = json.loads(raw)
        except ValueError:
            raise ProtocolError("header is not JSON") from None
        if not isinstance(header, dict) or not isinstance(header.get("type"), str):
            raise ProtocolError("header without a type")
        return header, payload
