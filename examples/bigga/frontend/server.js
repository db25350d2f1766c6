import { createServer } from "node:http";
import { randomUUID } from "node:crypto";
import { page } from "./page.js";

const port = Number(process.env.PORT);
const backend = process.env.BACKEND_URL;
const largestBody = 64 * 1024;

async function ask(path, init) {
  const answer = await fetch(backend + path, { ...init, signal: AbortSignal.timeout(10_000) });
  if (!answer.ok) throw new Error(`backend answered ${answer.status} to ${path}`);
  return answer.status === 204 ? undefined : answer.json();
}

const addItem = (text) =>
  ask("/items", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ text }),
  });

async function bodyOf(request) {
  let body = "";
  for await (const chunk of request.setEncoding("utf8")) {
    body += chunk;
    if (body.length > largestBody) throw new Error("the body is too long");
  }
  return body;
}

function send(response, status, type, body) {
  response.writeHead(status, { "content-type": type, "cache-control": "no-store" });
  response.end(body);
}

const json = (response, status, value) =>
  send(response, status, "application/json", JSON.stringify(value));

/** The frontend's only service is the backend: an item goes through it to the database and back. */
async function deepHealth(response) {
  const value = randomUUID();
  try {
    const { id } = await addItem(value);
    const { text } = await ask(`/items/${id}`);
    await ask(`/items/${id}`, { method: "DELETE" });
    const ok = text === value;
    json(response, ok ? 200 : 503, { ok, services: { backend: { ok, value: text } } });
  } catch (error) {
    const backendError = { ok: false, error: String(error) };
    json(response, 503, { ok: false, services: { backend: backendError } });
  }
}

async function handle(request, response) {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/health") return json(response, 200, { ok: true });
  if (pathname === "/health/deep") return deepHealth(response);
  if (pathname !== "/") return send(response, 404, "text/plain", "not found\n");
  if (request.method === "POST") {
    const text = new URLSearchParams(await bodyOf(request)).get("text")?.trim();
    if (text) await addItem(text);
    response.writeHead(303, { location: "/" });
    return response.end();
  }
  const [about, { items }] = await Promise.all([ask("/"), ask("/items")]);
  return send(response, 200, "text/html; charset=utf-8", page({ about, items }));
}

const server = createServer((request, response) => {
  handle(request, response).catch((error) => {
    console.error(error);
    if (response.headersSent) response.destroy();
    else send(response, 502, "text/plain", "the backend does not answer\n");
  });
});

server.listen(port, () => console.log(`listening on ${port}`));

// npm forwards the signal (serve:ssr is an exec, so that no shell is between); requests in progress are answered first.
for (const signal of ["SIGTERM", "SIGINT"]) {
  process.on(signal, () => {
    server.close(() => process.exit(0));
    server.closeIdleConnections();
  });
}
