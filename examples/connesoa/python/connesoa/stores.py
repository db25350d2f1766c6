"""PostgreSQL and Redis. Writes go to the primary, reads to the replicas in turn."""

from itertools import cycle

import psycopg
import redis.asyncio as redis

from connesoa import config

cache = redis.Redis.from_url(
    config.REDIS_URL, decode_responses=True, socket_timeout=5, socket_connect_timeout=5
)

_readers = cycle(config.READ_HOSTS or [config.PRIMARY])


async def server(address: str) -> psycopg.AsyncConnection:
    return await psycopg.AsyncConnection.connect(**config.database_url(address))


async def primary() -> psycopg.AsyncConnection:
    return await server(config.PRIMARY)


async def reader() -> psycopg.AsyncConnection:
    """The next replica, or the primary when there is none or it does not answer."""
    try:
        return await server(next(_readers))
    except psycopg.OperationalError:
        return await primary()
