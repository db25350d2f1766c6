"""Observations in PostgreSQL, the model in Redis, answers in Memcached, a log of them in Elasticsearch."""

import json
import os
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import redis
import requests
from pymemcache.client.base import PooledClient

from predictor import model

TIMEOUT = 15  # seconds: the first write may have to make an index
MODEL_LIFETIME = 60  # seconds until new observations count

DATABASE_URL = os.environ["DATABASE_URL"]
ELASTICSEARCH_URL = os.environ["ELASTICSEARCH_URL"]

cache = redis.Redis.from_url(
    os.environ["REDIS_URL"],
    decode_responses=True,
    socket_timeout=TIMEOUT,
    socket_connect_timeout=TIMEOUT,
)
memcached = PooledClient(
    os.environ["MEMCACHED"], connect_timeout=TIMEOUT, timeout=TIMEOUT, max_pool_size=16
)


def database() -> psycopg.Connection:
    return psycopg.connect(DATABASE_URL, connect_timeout=TIMEOUT)


def prepare(patience: float = 60) -> None:
    """Makes the missing tables; several replicas may start at once."""
    deadline = time.monotonic() + patience
    while True:
        try:
            with database() as connection:
                connection.execute("SELECT pg_advisory_xact_lock(7001)")
                connection.execute(
                    "CREATE TABLE IF NOT EXISTS observations ("
                    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
                    " distance_km double precision NOT NULL,"
                    " weight_kg double precision NOT NULL,"
                    " days double precision NOT NULL)"
                )
                connection.execute("CREATE TABLE IF NOT EXISTS health (value text PRIMARY KEY)")
            return
        except psycopg.OperationalError:
            if time.monotonic() > deadline:
                raise
            time.sleep(1)


def observe(distance_km: float, weight_kg: float, days: float) -> int:
    with database() as connection:
        row = connection.execute(
            "INSERT INTO observations (distance_km, weight_kg, days) VALUES (%s, %s, %s)"
            " RETURNING id",
            (distance_km, weight_kg, days),
        ).fetchone()
    cache.delete("model")
    return row[0]


def weights() -> model.Weights:
    stored = cache.get("model")
    if stored:
        return tuple(json.loads(stored))
    with database() as connection:
        rows = connection.execute(
            "SELECT distance_km, weight_kg, days FROM observations ORDER BY id DESC LIMIT 10000"
        ).fetchall()
    fitted = model.fit(rows)
    cache.set("model", json.dumps(fitted), ex=MODEL_LIFETIME)
    return fitted


def predict(distance_km: float, weight_kg: float) -> tuple[float, bool]:
    """Days, and whether the answer was in the cache. The model is part of the key."""
    current = weights()
    key = f"p:{hash((current, distance_km, weight_kg)) & 0xFFFFFFFFFFFFFFFF:x}"
    stored = memcached.get(key)
    if stored is not None:
        return float(stored), True
    days = model.predict(current, distance_km, weight_kg)
    memcached.set(key, str(days), expire=300)
    log(distance_km, weight_kg, days)
    return days, False


def log(distance_km: float, weight_kg: float, days: float) -> None:
    document = {"distance_km": distance_km, "weight_kg": weight_kg, "days": days}
    requests.put(
        f"{ELASTICSEARCH_URL}/predictions/_doc/{uuid4().hex}", json=document, timeout=TIMEOUT
    ).raise_for_status()


def postgres_trip(value: str) -> str:
    with database() as connection:
        connection.execute("INSERT INTO health (value) VALUES (%s)", (value,))
        row = connection.execute("SELECT value FROM health WHERE value = %s", (value,)).fetchone()
        connection.execute("DELETE FROM health WHERE value = %s", (value,))
    return row[0] if row else ""


def redis_trip(value: str) -> str:
    cache.set(f"health:{value}", value, ex=60)
    return cache.getdel(f"health:{value}") or ""


def memcached_trip(value: str) -> str:
    memcached.set(f"health:{value}", value, expire=60, noreply=False)
    read = memcached.get(f"health:{value}", b"")
    memcached.delete(f"health:{value}")
    return read.decode()


def elasticsearch_trip(value: str) -> str:
    document = f"{ELASTICSEARCH_URL}/health/_doc/{value}"
    requests.put(document, json={"value": value}, timeout=TIMEOUT).raise_for_status()
    answer = requests.get(document, timeout=TIMEOUT)
    answer.raise_for_status()
    requests.delete(document, timeout=TIMEOUT)
    return answer.json()["_source"]["value"]


TRIPS: dict[str, Callable[[str], str]] = {
    "postgres": postgres_trip,
    "redis": redis_trip,
    "memcached": memcached_trip,
    "elasticsearch": elasticsearch_trip,
}


def round_trip(trip: Callable[[str], str]) -> dict:
    value = uuid4().hex
    try:
        read = trip(value)
    except Exception as error:  # whatever a driver throws is this service's answer
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, "value": value} if read == value else {"ok": False, "error": f"read {read}"}


def deep_health() -> dict:
    """Every data service, each with a value made for this request, written and read back."""
    with ThreadPoolExecutor(len(TRIPS)) as pool:
        services = dict(zip(TRIPS, pool.map(round_trip, TRIPS.values()), strict=True))
    return {"ok": all(service["ok"] for service in services.values()), "services": services}
