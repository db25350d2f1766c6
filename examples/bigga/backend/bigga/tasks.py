"""Celery: tasks travel through RabbitMQ, results are rows in PostgreSQL."""

import json
import socket
from hashlib import sha256
from pathlib import Path

import psycopg
from celery import Celery, signals

from bigga import config, events
from bigga.alive import WORKER_FILE

celery = Celery("bigga", broker=config.BROKER_URL)
celery.conf.update(
    task_ignore_result=True,
    # A task counts as sent when the broker has it on disk, so that its crash loses none.
    broker_transport_options={"confirm_publish": True},
    # A task of a worker that died is given to another one.
    task_acks_late=True,
    task_reject_on_worker_lost=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    broker_connection_retry_on_startup=True,
    beat_max_loop_interval=5,
    beat_schedule={"tick": {"task": "bigga.tick", "schedule": 10.0, "options": {"expires": 30}}},
)


def database() -> psycopg.Connection:
    return psycopg.connect(config.DATABASE_URL, connect_timeout=5)


@celery.task(name="bigga.summarise", autoretry_for=(psycopg.OperationalError,), max_retries=5)
def summarise(task: str) -> None:
    with database() as connection:
        row = connection.execute("SELECT text FROM tasks WHERE id = %s", (task,)).fetchone()
        if row is None:
            return
        text = row[0]
        result = {
            "words": len(text.split()),
            "characters": len(text),
            "sha256": sha256(text.encode()).hexdigest(),
        }
        connection.execute(
            "UPDATE tasks SET state = 'done', result = %s, worker = %s, finished = now()"
            " WHERE id = %s",
            (json.dumps(result), socket.gethostname(), task),
        )
    events.publish({"event": "task", "id": task, "result": result})


@celery.task(name="bigga.tick")
def tick() -> None:
    with database() as connection:
        connection.execute("INSERT INTO ticks DEFAULT VALUES")
        connection.execute("DELETE FROM ticks WHERE at < now() - interval '1 day'")


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def touch(**_: object) -> None:
    Path(WORKER_FILE).touch()
