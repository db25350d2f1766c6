"""Configuration, from the environment and from files under /run/secrets."""

import os
from functools import cache
from pathlib import Path

DATABASE_URL = os.environ.get("DATABASE_URL", "")
MONGO_URL = os.environ.get("MONGO_URL", "")
NEO4J_URL = os.environ.get("NEO4J_URL", "")
NEO4J_AUTH = (os.environ.get("NEO4J_USER", ""), os.environ.get("NEO4J_PASSWORD", ""))
ELASTICSEARCH_URL = os.environ.get("ELASTICSEARCH_URL", "")
SOLR_URL = os.environ.get("SOLR_URL", "")
BROKER_URL = os.environ.get("BROKER_URL", "")
REDIS_URL = os.environ.get("REDIS_URL", "")
SOCKET_PORT = int(os.environ.get("SOCKET_PORT", "8001"))
ENVIRONMENT = os.environ.get("ENVIRONMENT", "development")
FRONTEND_ORIGIN = os.environ.get("FRONTEND_ORIGIN", "*")

CHANNEL = "events"


@cache
def session_key() -> bytes:
    """The key that signs the socket server's tokens."""
    path = Path(os.environ.get("SESSION_KEY_FILE", "/run/secrets/session_key"))
    return path.read_bytes().strip()
