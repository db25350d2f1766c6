"""One round trip for each data service: a value made for this request is written and read back."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from uuid import uuid4

import psycopg
import requests
from kombu import Connection
from neo4j import Driver, GraphDatabase
from pymongo import MongoClient

from bigga import config, events

TIMEOUT = 15  # seconds, of each service: the first write may have to make an index


def postgres(value: str) -> str:
    with psycopg.connect(config.DATABASE_URL, connect_timeout=TIMEOUT) as connection:
        connection.execute("INSERT INTO health (value) VALUES (%s)", (value,))
        row = connection.execute("SELECT value FROM health WHERE value = %s", (value,)).fetchone()
        connection.execute("DELETE FROM health WHERE value = %s", (value,))
    return row[0] if row else ""


@cache
def mongo_client() -> MongoClient:
    return MongoClient(config.MONGO_URL, serverSelectionTimeoutMS=TIMEOUT * 1000)


def mongo(value: str) -> str:
    health = mongo_client()["bigga"]["health"]
    health.insert_one({"_id": value, "value": value})
    found = health.find_one({"_id": value})
    health.delete_one({"_id": value})
    return found["value"] if found else ""


@cache
def neo4j_driver() -> Driver:
    return GraphDatabase.driver(
        config.NEO4J_URL, auth=config.NEO4J_AUTH, connection_timeout=TIMEOUT
    )


def neo4j(value: str) -> str:
    with neo4j_driver().session() as session:
        session.run("MERGE (h:Health {value: $value}) RETURN h.value", value=value).consume()
        record = session.run(
            "MATCH (h:Health {value: $value}) RETURN h.value AS value", value=value
        ).single()
        session.run("MATCH (h:Health {value: $value}) DELETE h", value=value).consume()
    return record["value"] if record else ""


def elasticsearch(value: str) -> str:
    document = f"{config.ELASTICSEARCH_URL}/health/_doc/{value}"
    requests.put(document, json={"value": value}, timeout=TIMEOUT).raise_for_status()
    answer = requests.get(document, timeout=TIMEOUT)
    answer.raise_for_status()
    requests.delete(document, timeout=TIMEOUT)
    return answer.json()["_source"]["value"]


def solr(value: str) -> str:
    update = f"{config.SOLR_URL}/update?commit=true"
    requests.post(
        update, json=[{"id": value, "title_t": value}], timeout=TIMEOUT
    ).raise_for_status()
    answer = requests.get(
        f"{config.SOLR_URL}/select", params={"q": f"id:{value}", "wt": "json"}, timeout=TIMEOUT
    )
    answer.raise_for_status()
    requests.post(update, json={"delete": {"id": value}}, timeout=TIMEOUT)
    documents = answer.json()["response"]["docs"]
    return documents[0]["id"] if documents else ""


def rabbitmq(value: str) -> str:
    with Connection(config.BROKER_URL, connect_timeout=TIMEOUT) as connection:
        queue = connection.SimpleQueue(
            f"health.{value}", queue_opts={"durable": False, "exclusive": True}
        )
        try:
            queue.put({"value": value})
            message = queue.get(timeout=TIMEOUT)
            message.ack()
            return message.payload["value"]
        finally:
            queue.close()


def redis(value: str) -> str:
    events.client().set(f"health:{value}", value, ex=60)
    return events.client().getdel(f"health:{value}") or ""


ALL: dict[str, Callable[[str], str]] = {
    "postgres": postgres,
    "mongo": mongo,
    "neo4j": neo4j,
    "elasticsearch": elasticsearch,
    "rabbitmq": rabbitmq,
    "redis": redis,
    "solr": solr,
}


def one(trip: Callable[[str], str]) -> dict:
    value = uuid4().hex
    try:
        read = trip(value)
    except Exception as error:  # whatever a driver throws is this service's answer
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    if read != value:
        return {"ok": False, "error": f"wrote {value}, read {json.dumps(read)}"}
    return {"ok": True, "value": value}


def every(trips: dict[str, Callable[[str], str]] = ALL) -> dict:
    """The answer of /health/deep: all services at once, each with its own value or error."""
    with ThreadPoolExecutor(len(trips)) as pool:
        services = dict(zip(trips, pool.map(one, trips.values()), strict=True))
    return {"ok": all(service["ok"] for service in services.values()), "services": services}
