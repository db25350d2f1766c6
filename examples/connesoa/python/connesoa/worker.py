"""One worker; SERVICE is its name and its queue's: python -m connesoa.worker"""

import json
import signal
import socket
import time
from pathlib import Path

import pika
import psycopg

from connesoa import config, queues
from connesoa.alive import WORKER_FILE

stopping = False


def stop(*_: object) -> None:
    global stopping
    stopping = True


def work(message: dict) -> None:
    """Done once for each record, however often the message comes."""
    with psycopg.connect(**config.database_url()) as connection:
        connection.execute(
            "INSERT INTO jobs (worker, host, record) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",
            (config.SERVICE, socket.gethostname(), message["record"]),
        )
    print(f"{config.SERVICE}: record {message['record']} done", flush=True)


def consume() -> None:
    connection = queues.connect()
    try:
        channel = connection.channel()
        channel.queue_declare(config.SERVICE, durable=True)
        channel.basic_qos(prefetch_count=1)
        for method, _, body in channel.consume(config.SERVICE, inactivity_timeout=1):
            Path(WORKER_FILE).touch()
            if method is not None:
                try:
                    work(json.loads(body))
                except (ValueError, KeyError, TypeError, psycopg.IntegrityError) as error:
                    # It would fail again and again; it is put aside, not back.
                    print(f"{config.SERVICE}: dropped {body!r}: {error}", flush=True)
                channel.basic_ack(method.delivery_tag)
            if stopping:
                channel.cancel()
                return
    finally:
        if connection.is_open:
            connection.close()


def main() -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    print(f"{config.SERVICE} waits for work", flush=True)
    while not stopping:
        try:
            consume()
        except (pika.exceptions.AMQPError, psycopg.OperationalError, OSError) as error:
            print(f"{config.SERVICE}: {type(error).__name__}: {error}; trying again", flush=True)
            time.sleep(2)


if __name__ == "__main__":
    main()
