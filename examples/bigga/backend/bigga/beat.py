"""A Celery scheduler that writes down that it is alive: a row in PostgreSQL and a file for the health check."""

import socket
import time
from pathlib import Path
from uuid import uuid4

import psycopg
from celery.beat import PersistentScheduler
from celery.utils.log import get_logger

from bigga import config
from bigga.alive import BEAT_FILE

EVERY = 5  # seconds

log = get_logger(__name__)


class Scheduler(PersistentScheduler):
    def __init__(self, *args, **kwargs):
        self.instance = f"{socket.gethostname()}-{uuid4().hex[:8]}"
        self.written = 0.0
        super().__init__(*args, **kwargs)

    def tick(self, *args, **kwargs):
        wait = super().tick(*args, **kwargs)
        if time.monotonic() - self.written >= EVERY:
            self.write()
        return min(wait, EVERY)

    def write(self) -> None:
        try:
            with psycopg.connect(config.DATABASE_URL, connect_timeout=5) as connection:
                connection.execute(
                    "INSERT INTO schedulers (instance) VALUES (%s)"
                    " ON CONFLICT (instance) DO UPDATE SET seen = now()",
                    (self.instance,),
                )
        except psycopg.Error as error:
            # Without the row the health check fails in time; the schedule itself goes on.
            log.warning("no heartbeat written: %s", error)
            return
        self.written = time.monotonic()
        Path(BEAT_FILE).touch()
