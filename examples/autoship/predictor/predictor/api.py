"""The predictor's API. Every answer names the version and the host that gave it."""

import os
import socket

from flask import Flask, jsonify, request

from predictor import store

VERSION = os.environ["VERSION"]

app = Flask(__name__)


@app.after_request
def version(response):
    response.headers["x-version"] = VERSION
    response.headers["x-host"] = socket.gethostname()
    return response


def numbers(*names: str) -> list[float] | None:
    body = request.get_json(silent=True)
    found = [body.get(name) if isinstance(body, dict) else None for name in names]
    valid = all(
        isinstance(n, int | float) and not isinstance(n, bool) and 0 <= n < 1e6 for n in found
    )
    return [float(n) for n in found] if valid else None


@app.get("/")
def about():
    return jsonify(name="predictor", version=VERSION, host=socket.gethostname())


@app.get("/health")
def health():
    return jsonify(ok=True, version=VERSION)


@app.get("/health/deep")
def health_deep():
    answer = store.deep_health()
    return jsonify(answer | {"version": VERSION}), 200 if answer["ok"] else 503


@app.post("/predict")
def predict():
    given = numbers("distance_km", "weight_kg")
    if given is None:
        return jsonify(error="the body must be JSON with distance_km and weight_kg"), 400
    days, cached = store.predict(*given)
    return jsonify(days=days, cached=cached, version=VERSION)


@app.post("/observations")
def observe():
    given = numbers("distance_km", "weight_kg", "days")
    if given is None:
        return jsonify(error="the body must be JSON with distance_km, weight_kg and days"), 400
    return jsonify(id=store.observe(*given), version=VERSION), 201
