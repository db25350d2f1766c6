"""The health check of services and workers.

    python -m connesoa.alive worker | http://127.0.0.1:8000/health
"""

import sys
import time
from pathlib import Path
from urllib.request import urlopen

WORKER_FILE = "/tmp/worker-alive"
OLDEST = 30  # seconds


def check(what: str) -> str | None:
    """What is wrong, or None."""
    if what.startswith("http://"):
        try:
            urlopen(what, timeout=3).close()
        except OSError as error:
            return f"{what}: {error}"
        return None
    path = Path(WORKER_FILE)
    if not path.exists():
        return "worker: no heartbeat yet"
    age = time.time() - path.stat().st_mtime
    return f"worker: last heartbeat {age:.0f} s ago" if age > OLDEST else None


if __name__ == "__main__":
    sys.exit(check(sys.argv[1]))
