"""Short-lived tokens for the socket server, signed with the session key."""

import hmac
import time
from hashlib import sha256

from bigga import config

LIFETIME = 300  # seconds


def _signature(expires: str) -> str:
    return hmac.new(config.session_key(), expires.encode(), sha256).hexdigest()


def make() -> str:
    expires = str(int(time.time()) + LIFETIME)
    return f"{expires}.{_signature(expires)}"


def valid(token: str) -> bool:
    expires, _, signature = token.partition(".")
    return (
        expires.isdigit()
        and int(expires) > time.time()
        and hmac.compare_digest(signature, _signature(expires))
    )
