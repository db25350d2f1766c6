"""RabbitMQ: durable queues, one for each worker."""

import json
from uuid import uuid4

import pika

from connesoa import config


def connect() -> pika.BlockingConnection:
    parameters = pika.URLParameters(config.RABBITMQ_URL)
    parameters.socket_timeout = 5
    parameters.blocked_connection_timeout = 10
    return pika.BlockingConnection(parameters)


def send(queues: list[str], message: dict) -> None:
    """To every queue; returns when the broker has them all."""
    connection = connect()
    try:
        channel = connection.channel()
        channel.confirm_delivery()
        for queue in queues:
            channel.queue_declare(queue, durable=True)
            channel.basic_publish(
                "", queue, json.dumps(message).encode(), pika.BasicProperties(delivery_mode=2)
            )
    finally:
        connection.close()


def round_trip(value: str) -> str:
    connection = connect()
    try:
        channel = connection.channel()
        queue = f"health.{uuid4().hex}"
        channel.queue_declare(queue, exclusive=True)
        channel.basic_publish("", queue, value.encode())
        for _, _, body in channel.consume(queue, auto_ack=True, inactivity_timeout=5):
            return body.decode() if body else ""
        return ""
    finally:
        connection.close()
