"""The socket server: every event that is published to Redis reaches every listener.

GET /ws?token=…      WebSocket
GET /events?token=…  server-sent events
"""

import asyncio
import contextlib
from uuid import uuid4

import redis.asyncio as redis
from aiohttp import WSMsgType, web

from bigga import config, tokens

client = redis.Redis.from_url(config.REDIS_URL, decode_responses=True)
listeners: set[asyncio.Queue[str | None]] = set()


async def relay(_: web.Application):
    """One subscription for all listeners; taken anew when Redis was away."""

    async def run() -> None:
        while True:
            try:
                async with client.pubsub() as channel:
                    await channel.subscribe(config.CHANNEL)
                    async for message in channel.listen():
                        if message["type"] == "message":
                            for queue in listeners:
                                queue.put_nowait(message["data"])
            except (redis.RedisError, OSError) as error:
                print(f"redis: {error}; trying again", flush=True)
                await asyncio.sleep(1)

    task = asyncio.create_task(run())
    yield
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def close_listeners(_: web.Application) -> None:
    for queue in listeners:
        queue.put_nowait(None)


@contextlib.contextmanager
def listening(request: web.Request):
    if not tokens.valid(request.query.get("token", "")):
        raise web.HTTPForbidden(text="a valid token is needed; GET /token of the backend makes one")
    queue: asyncio.Queue[str | None] = asyncio.Queue()
    listeners.add(queue)
    try:
        yield queue
    finally:
        listeners.discard(queue)


async def websocket(request: web.Request) -> web.WebSocketResponse:
    with listening(request) as queue:
        response = web.WebSocketResponse(heartbeat=20)
        await response.prepare(request)

        async def send() -> None:
            while (event := await queue.get()) is not None:
                await response.send_str(event)
            await response.close()

        sender = asyncio.create_task(send())
        async for message in response:
            if message.type == WSMsgType.TEXT:
                await client.publish(config.CHANNEL, message.data)
        sender.cancel()
        return response


async def events(request: web.Request) -> web.StreamResponse:
    with listening(request) as queue:
        response = web.StreamResponse(
            headers={
                "content-type": "text/event-stream",
                "cache-control": "no-cache",
                "access-control-allow-origin": config.FRONTEND_ORIGIN,
            }
        )
        await response.prepare(request)
        await response.write(b": listening\n\n")
        while (event := await queue.get()) is not None:
            await response.write(f"data: {event}\n\n".encode())
        return response


async def health(_: web.Request) -> web.Response:
    return web.json_response({"ok": True, "listeners": len(listeners)})


async def health_deep(_: web.Request) -> web.Response:
    """A value is published, and must come back on a subscription of its own."""
    value = uuid4().hex
    try:
        async with asyncio.timeout(5), client.pubsub() as channel:
            await channel.subscribe(f"health:{value}")
            await client.publish(f"health:{value}", value)
            async for message in channel.listen():
                if message["type"] == "message":
                    service = {"ok": message["data"] == value, "value": message["data"]}
                    break
    except (redis.RedisError, OSError, TimeoutError) as error:
        service = {"ok": False, "error": f"{type(error).__name__}: {error}"}
    answer = {"ok": service["ok"], "services": {"redis": service}}
    return web.json_response(answer, status=200 if answer["ok"] else 503)


def main() -> None:
    app = web.Application()
    app.add_routes(
        [
            web.get("/ws", websocket),
            web.get("/events", events),
            web.get("/health", health),
            web.get("/health/deep", health_deep),
        ]
    )
    app.cleanup_ctx.append(relay)
    app.on_shutdown.append(close_listeners)
    web.run_app(app, port=config.SOCKET_PORT, shutdown_timeout=20)


if __name__ == "__main__":
    main()
