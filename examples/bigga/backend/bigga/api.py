"""The backend API."""

import socket
from uuid import UUID, uuid4

import psycopg
from flask import Flask, jsonify, request
from psycopg.rows import dict_row

from bigga import config, events, roundtrips, tokens
from bigga.tasks import summarise

app = Flask(__name__)


def database() -> psycopg.Connection:
    return psycopg.connect(config.DATABASE_URL, connect_timeout=5, row_factory=dict_row)


def text_of_body() -> str | None:
    body = request.get_json(silent=True)
    text = body.get("text") if isinstance(body, dict) else None
    return text if isinstance(text, str) and text.strip() else None


@app.after_request
def allow_frontend(response):
    response.headers["Access-Control-Allow-Origin"] = config.FRONTEND_ORIGIN
    response.headers["Access-Control-Allow-Headers"] = "content-type"
    return response


@app.get("/")
def about():
    return jsonify(name="bigga", environment=config.ENVIRONMENT, host=socket.gethostname())


@app.get("/health")
def health():
    return jsonify(ok=True)


@app.get("/health/deep")
def health_deep():
    answer = roundtrips.every()
    return jsonify(answer), 200 if answer["ok"] else 503


@app.get("/items")
def items():
    with database() as connection:
        rows = connection.execute(
            "SELECT id, text, created FROM items ORDER BY created DESC LIMIT 50"
        ).fetchall()
    return jsonify(items=rows)


@app.post("/items")
def add_item():
    text = text_of_body()
    if text is None:
        return jsonify(error="the body must be JSON with a text"), 400
    with database() as connection:
        row = connection.execute(
            "INSERT INTO items (text) VALUES (%s) RETURNING id, text, created", (text,)
        ).fetchone()
    events.publish({"event": "item", "id": row["id"], "text": text})
    return jsonify(row), 201


@app.get("/items/<int:item>")
def one_item(item: int):
    with database() as connection:
        row = connection.execute(
            "SELECT id, text, created FROM items WHERE id = %s", (item,)
        ).fetchone()
    return (jsonify(row), 200) if row else (jsonify(error="no such item"), 404)


@app.delete("/items/<int:item>")
def delete_item(item: int):
    with database() as connection:
        connection.execute("DELETE FROM items WHERE id = %s", (item,))
    return "", 204


@app.post("/tasks")
def add_task():
    text = text_of_body()
    if text is None:
        return jsonify(error="the body must be JSON with a text"), 400
    task = uuid4()
    # Stored before it is sent: the worker may be faster than this request.
    with database() as connection:
        connection.execute("INSERT INTO tasks (id, text) VALUES (%s, %s)", (task, text))
    summarise.apply_async((str(task),), task_id=str(task))
    return jsonify(id=str(task), state="queued"), 202


@app.get("/tasks/<uuid:task>")
def one_task(task: UUID):
    with database() as connection:
        row = connection.execute(
            "SELECT id, state, result, worker FROM tasks WHERE id = %s", (task,)
        ).fetchone()
    return (jsonify(row), 200) if row else (jsonify(error="no such task"), 404)


@app.get("/beat")
def beat():
    """Which schedulers were seen, and how often the periodic task ran: one scheduler, ever."""
    with database() as connection:
        schedulers = connection.execute(
            "SELECT instance, started, seen, seen > now() - interval '15 seconds' AS alive"
            " FROM schedulers ORDER BY started DESC LIMIT 20"
        ).fetchall()
        ticks = connection.execute("SELECT count(*) AS count, max(at) AS last FROM ticks").fetchone()
    return jsonify(schedulers=schedulers, ticks=ticks)


@app.get("/token")
def token():
    return jsonify(token=tokens.make())
