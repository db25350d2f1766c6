"""Round trips: a value of this request goes to every data service and back, read replicas included."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import psycopg

from connesoa import config, queues
from connesoa.stores import cache, primary, server

REPLICA_PATIENCE = 5  # seconds that a value may take to reach a replica

Trip = Callable[[str], Awaitable[str]]


async def postgres(value: str) -> str:
    async with await primary() as connection:
        await connection.execute("INSERT INTO health (value) VALUES (%s)", (value,))
        cursor = await connection.execute("SELECT value FROM health WHERE value = %s", (value,))
        row = await cursor.fetchone()
        await connection.execute("DELETE FROM health WHERE value = %s", (value,))
    return row[0] if row else ""


def replica(address: str) -> Trip:
    """Written to the primary, read from the replica."""

    async def trip(value: str) -> str:
        async with await primary() as connection:
            await connection.execute("INSERT INTO health (value) VALUES (%s)", (value,))
        try:
            async with await server(address) as connection:
                for _ in range(REPLICA_PATIENCE * 10):
                    cursor = await connection.execute(
                        "SELECT value FROM health WHERE value = %s", (value,)
                    )
                    if row := await cursor.fetchone():
                        return row[0]
                    await connection.rollback()
                    await asyncio.sleep(0.1)
            return ""
        finally:
            async with await primary() as connection:
                await connection.execute("DELETE FROM health WHERE value = %s", (value,))

    return trip


async def redis(value: str) -> str:
    await cache.set(f"health:{value}", value, ex=60)
    return await cache.getdel(f"health:{value}") or ""


async def rabbitmq(value: str) -> str:
    return await asyncio.to_thread(queues.round_trip, value)


async def one(trip: Trip) -> dict:
    value = uuid4().hex
    try:
        async with asyncio.timeout(15):
            read = await trip(value)
    except Exception as error:  # whatever a driver throws is this service's answer
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, "value": value} if read == value else {"ok": False, "error": f"read {read}"}


async def every() -> dict:
    trips: dict[str, Trip] = {"postgres": postgres, "redis": redis, "rabbitmq": rabbitmq}
    trips |= {address.partition(":")[0]: replica(address) for address in config.READ_HOSTS}
    answers = await asyncio.gather(*(one(trip) for trip in trips.values()))
    services = dict(zip(trips, answers, strict=True))
    return {"ok": all(answer["ok"] for answer in answers), "services": services}


async def replicas() -> list[dict]:
    """The servers that answer reads, and whether each says that it is a replica."""

    async def ask(address: str) -> dict:
        try:
            async with await server(address) as connection:
                cursor = await connection.execute("SELECT pg_is_in_recovery()")
                row = await cursor.fetchone()
            return {"server": address, "ok": True, "replica": bool(row and row[0])}
        except psycopg.Error as error:
            return {"server": address, "ok": False, "error": str(error)}

    return await asyncio.gather(*(ask(address) for address in config.READ_HOSTS))
