"""As much of Protocol Buffers' encoding as terraform's plugin protocol needs of us."""

from __future__ import annotations


def field(number: int, content: bytes) -> bytes:
    """A text, bytes or message."""
    return varint(number << 3 | 2) + varint(len(content)) + content


def number(of: int, value: int) -> bytes:
    """A number, or a truth value."""
    return varint(of << 3) + varint(value)


def varint(value: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + varint(rest) if rest else bytes([low])


def fields(message: bytes) -> dict[int, bytes]:
    """Field to its content, of a message that has no other kinds and repeats none."""
    found, place = {}, 0
    while place < len(message):
        key, place = _varint(message, place)
        length, place = _varint(message, place)
        if key & 7 == 0:  # a number: `length` is its value
            continue
        found[key >> 3] = message[place : place + length]
        place += length
    return found


def _varint(message: bytes, place: int) -> tuple[int, int]:
    value = shift = 0
    while message[place] & 0x80:
        value |= (message[place] & 0x7F) << shift
        place, shift = place + 1, shift + 7
    return value | message[place] << shift, place + 1
