"""API tokens: `wm_<tenant>_<secret><check>`. The tenant in the token opens the tenant before the token is looked up.

At least 160 random bits, a readable prefix, a checksum that catches typing errors without a query; only a keyed hash is
stored, so the database alone cannot produce a working token.
"""

import hashlib
import hmac
import re
import secrets
import zlib
from dataclasses import dataclass

from django.conf import settings

SHAPE = re.compile(r"wm_([0-9]{1,18})_([0-9A-Za-z]{43})([0-9a-f]{8})")
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


@dataclass(frozen=True, slots=True)
class ParsedToken:
    tenant_id: int
    text: str


def new_token(tenant_id: int) -> str:
    secret = "".join(secrets.choice(ALPHABET) for _ in range(43))  # 256 bits
    return _sealed(tenant_id, secret)


def demo_token(tenant_id: int, seed: str) -> str:
    """A token that is the same at every start of the demo on one machine: derived from its secret key."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo-token:{tenant_id}:{seed}".encode(), hashlib.sha512).digest()
    return _sealed(tenant_id, "".join(ALPHABET[byte % 62] for byte in digest[:43]))


def _sealed(tenant_id: int, secret: str) -> str:
    body = f"wm_{tenant_id}_{secret}"
    return f"{body}{zlib.crc32(body.encode()):08x}"


def parse_token(text: str) -> ParsedToken | None:
    """The parts of a well-formed token, or None."""
    match = SHAPE.fullmatch(text)
    if match is None or f"{zlib.crc32(text[:-8].encode()):08x}" != match[3]:
        return None
    return ParsedToken(int(match[1]), text)


def token_hash(text: str) -> str:
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()
