"""Public identifiers: UUIDv7 (RFC 9562 §5.7), made here because PostgreSQL before 18 and Python before 3.14 cannot.

They grow with time, so an index on them stays cheap, and they do not enumerate.
"""

import secrets
import time
import uuid


def uuid7() -> uuid.UUID:
    milliseconds = time.time_ns() // 1_000_000
    value = (milliseconds & (1 << 48) - 1) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return uuid.UUID(int=value)
