"""The wire format of protocol buffers: as much of it as a network file needs.

A message is a row of fields, each a number, a kind and a value. Writing a network takes two kinds
of value, and so does reading one back; anything else is refused.
"""

from __future__ import annotations

from collections.abc import Iterator

__all__ = ["WireError", "block", "fields", "number", "real"]

_VARINT, _BLOCK, _SINGLE = 0, 2, 5
_LONGEST = 10  # bytes of a number of 64 bits


class WireError(ValueError):
    """Bytes that are no message."""


def _varint(value: int) -> bytes:
    value &= 2**64 - 1  # a negative number fills all 64 bits
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def number(field: int, value: int) -> bytes:
    """One field with a whole number.

    Examples
    --------
    >>> number(1, 300).hex()
    '08ac02'
    """
    return _varint(field << 3 | _VARINT) + _varint(value)


def block(field: int, *parts: bytes) -> bytes:
    """One field with text, bytes or a message made of `parts`.

    Examples
    --------
    >>> block(2, b"hal", b"lo").hex(" ")
    '12 05 68 61 6c 6c 6f'
    """
    size = sum(map(len, parts))
    return b"".join([_varint(field << 3 | _BLOCK), _varint(size), *parts])


def real(field: int, value: float) -> bytes:
    """One field with a number in single precision."""
    import struct

    return _varint(field << 3 | _SINGLE) + struct.pack("<f", value)


def _read(data: memoryview, at: int) -> tuple[int, int]:
    value = 0
    for i in range(_LONGEST):
        if at + i >= len(data):
            break
        byte = data[at + i]
        value |= (byte & 0x7F) << 7 * i
        if byte < 0x80:
            return value, at + i + 1
    raise WireError(f"a number is cut off or too long at byte {at}")


def fields(data: memoryview) -> Iterator[tuple[int, int | memoryview]]:
    """Go through the fields of one message.

    Parameters
    ----------
    data : memoryview

    Yields
    ------
    field : int
    value : int or memoryview
        A whole number, or the bytes of a block; nothing is copied.

    Raises
    ------
    WireError
        If the bytes are no message, or hold a kind of value that is not asked for.

    Examples
    --------
    >>> [(field, value) for field, value in fields(memoryview(bytes([8, 5])))]
    [(1, 5)]
    """
    at = 0
    while at < len(data):
        key, at = _read(data, at)
        field, kind = key >> 3, key & 7
        value, at = _read(data, at)
        if kind == _VARINT:
            yield field, value
        elif kind == _BLOCK and at + value <= len(data):
            yield field, data[at : at + value]
            at += value
        else:
            raise WireError(f"field {field} of kind {kind} is cut off or unknown at byte {at}")
