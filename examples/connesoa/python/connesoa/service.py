"""One HTTP service; SERVICE says which: python -m connesoa.service"""

import asyncio
import hmac
import json
import signal
import socket
from hashlib import sha256

from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.web import Application, RequestHandler

from connesoa import config, health, queues
from connesoa.stores import cache, primary, reader

HOST = socket.gethostname()


in_progress: set[RequestHandler] = set()


class Handler(RequestHandler):
    def prepare(self) -> None:
        in_progress.add(self)

    def on_finish(self) -> None:
        in_progress.discard(self)

    def answer(self, value: dict, status: int = 200) -> None:
        """JSON, signed with the key that this service alone has."""
        body = json.dumps(value, default=str).encode()
        self.set_status(status)
        self.set_header("content-type", "application/json")
        self.set_header("x-signature", hmac.new(config.service_key(), body, sha256).hexdigest())
        self.finish(body)

    def write_error(self, status_code: int, **kwargs) -> None:
        self.answer({"error": self._reason}, status_code)


class About(Handler):
    def get(self) -> None:
        self.answer({"service": config.SERVICE, "language": "python", "host": HOST})


class Health(Handler):
    def get(self) -> None:
        self.answer({"ok": True, "service": config.SERVICE})


class DeepHealth(Handler):
    async def get(self) -> None:
        answer = await health.every()
        self.answer(answer, 200 if answer["ok"] else 503)


class Replicas(Handler):
    async def get(self) -> None:
        self.answer({"primary": config.PRIMARY, "replicas": await health.replicas()})


class Calls(Handler):
    """Asks every service that this one needs, by its name alone."""

    async def get(self) -> None:
        client = AsyncHTTPClient()

        async def ask(name: str) -> dict:
            try:
                answer = await client.fetch(f"http://{name}:8000/", request_timeout=5)
            except Exception as error:  # refused, timed out, unknown name or a bad status
                return {"ok": False, "error": str(error)}
            return {"ok": True, "answer": json.loads(answer.body)}

        answers = await asyncio.gather(*(ask(name) for name in config.CALLS))
        calls = dict(zip(config.CALLS, answers, strict=True))
        ok = all(answer["ok"] for answer in answers)
        self.answer({"ok": ok, "calls": calls}, 200 if ok else 503)


class Records(Handler):
    async def get(self) -> None:
        async with await reader() as connection:
            cursor = await connection.execute(
                "SELECT id, text, created FROM records WHERE service = %s"
                " ORDER BY id DESC LIMIT 50",
                (config.SERVICE,),
            )
            rows = await cursor.fetchall()
        records = [{"id": row[0], "text": row[1], "created": row[2]} for row in rows]
        self.answer({"records": records})

    async def post(self) -> None:
        try:
            text = json.loads(self.request.body)["text"]
        except (ValueError, KeyError, TypeError):
            text = None
        if not isinstance(text, str) or not text.strip():
            self.answer({"error": "the body must be JSON with a text"}, 400)
            return
        async with await primary() as connection:
            cursor = await connection.execute(
                "INSERT INTO records (service, text) VALUES (%s, %s) RETURNING id",
                (config.SERVICE, text),
            )
            row = await cursor.fetchone()
        if config.NOTIFIES:
            await asyncio.to_thread(queues.send, config.NOTIFIES, {"record": row[0]})
        self.answer({"id": row[0], "text": text, "notified": config.NOTIFIES}, 201)


class Record(Handler):
    """A record never changes, so it is read through the cache; its jobs are read each time."""

    async def get(self, record: str) -> None:
        key = f"record:{config.SERVICE}:{record}"
        text = await cache.get(key)
        async with await primary() as connection:
            if text is None:
                cursor = await connection.execute(
                    "SELECT text FROM records WHERE service = %s AND id = %s",
                    (config.SERVICE, int(record)),
                )
                row = await cursor.fetchone()
                if row is None:
                    self.answer({"error": "no such record"}, 404)
                    return
                text = row[0]
                await cache.set(key, text, ex=3600)
            cursor = await connection.execute(
                "SELECT worker FROM jobs WHERE record = %s ORDER BY worker", (int(record),)
            )
            done = [row[0] for row in await cursor.fetchall()]
        self.answer({"id": int(record), "text": text, "done": done})


async def main() -> None:
    config.service_key()
    routes = [
        ("/", About),
        ("/health", Health),
        ("/health/deep", DeepHealth),
        ("/replicas", Replicas),
        ("/calls", Calls),
        ("/records", Records),
        (r"/records/(\d{1,15})", Record),
    ]
    server = HTTPServer(Application(routes))
    server.listen(config.PORT)
    print(f"{config.SERVICE} listens on {config.PORT}", flush=True)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    await stop.wait()
    # New connections are refused, requests in progress are answered.
    server.stop()
    for _ in range(150):
        await asyncio.sleep(0.1)
        if not in_progress:
            break


if __name__ == "__main__":
    asyncio.run(main())
