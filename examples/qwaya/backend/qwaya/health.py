"""/health, and /health/deep: a value of this request goes to every data service and back."""

import json
import time
from collections.abc import Callable
from urllib.request import Request, urlopen
from uuid import uuid4

from django.conf import settings
from django.core.cache import cache
from django.core.mail import send_mail
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from qwaya.models import Health


def mysql(value: str) -> str:
    Health.objects.create(value=value)
    read = Health.objects.get(value=value).value
    Health.objects.filter(value=value).delete()
    return read


def redis(value: str) -> str:
    cache.set(f"health:{value}", value, timeout=60)
    read = cache.get(f"health:{value}", "")
    cache.delete(f"health:{value}")
    return read


def mail(value: str) -> str:
    """A mail is sent, found in the mail catcher's inbox, and deleted there."""
    send_mail(value, "health", None, ["health@qwaya.example"])
    messages = f"{settings.MAIL_API}/api/v1/messages"
    for _ in range(10):
        with urlopen(messages, timeout=5) as answer:
            found = [m for m in json.load(answer)["messages"] if m["Subject"] == value]
        if found:
            body = json.dumps({"IDs": [found[0]["ID"]]}).encode()
            headers = {"content-type": "application/json"}
            urlopen(Request(messages, body, headers, method="DELETE"), timeout=5).close()
            return found[0]["Subject"]
        time.sleep(0.2)
    return ""


def round_trip(trip: Callable[[str], str]) -> dict:
    value = uuid4().hex
    try:
        read = trip(value)
    except Exception as error:  # whatever a driver throws is this service's answer
        return {"ok": False, "error": f"{type(error).__name__}: {error}"}
    return {"ok": True, "value": value} if read == value else {"ok": False, "error": f"read {read}"}


@require_safe
def light(_: HttpRequest) -> JsonResponse:
    return JsonResponse({"ok": True})


@require_safe
def deep(_: HttpRequest) -> JsonResponse:
    trips = {"mysql": mysql, "redis": redis} | ({"mail": mail} if settings.MAIL_API else {})
    services = {name: round_trip(trip) for name, trip in trips.items()}
    ok = all(service["ok"] for service in services.values())
    return JsonResponse({"ok": ok, "services": services}, status=200 if ok else 503)
