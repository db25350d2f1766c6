"""Events: published to Redis, relayed to every listener by the socket server."""

import json
from functools import cache

import redis

from bigga import config


@cache
def client() -> redis.Redis:
    return redis.Redis.from_url(
        config.REDIS_URL, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
    )


def publish(event: dict) -> None:
    client().publish(config.CHANNEL, json.dumps(event))
