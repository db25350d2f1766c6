"""Configuration, from the environment and from files under /run/secrets."""

import os
from functools import cache
from pathlib import Path

SERVICE = os.environ.get("SERVICE", "")
PORT = int(os.environ.get("PORT", "8000"))
REDIS_URL = os.environ.get("REDIS_URL", "")
RABBITMQ_URL = os.environ.get("RABBITMQ_URL", "")


def names(variable: str) -> list[str]:
    """`a,b` as a list; an empty variable is an empty list."""
    return [name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()]


CALLS = names("CALLS")
NOTIFIES = names("NOTIFIES")
PRIMARY = f"{os.environ.get('POSTGRES_HOST', 'postgres')}:5432"
# host:port of each read replica; none means that the primary answers reads too.
READ_HOSTS = names("POSTGRES_READ_HOSTS")


def database_url(address: str = PRIMARY) -> dict:
    """What psycopg needs to connect to one server."""
    host, _, port = address.partition(":")
    return {
        "host": host,
        "port": int(port or 5432),
        "dbname": os.environ.get("POSTGRES_DB", "connesoa"),
        "user": os.environ.get("POSTGRES_USER", "connesoa"),
        "password": Path(os.environ["POSTGRES_PASSWORD_FILE"]).read_text().strip(),
        "connect_timeout": 5,
    }


@cache
def service_key() -> bytes:
    """The key of this service alone; it signs every answer."""
    return Path("/run/secrets/service_key").read_bytes().strip()
