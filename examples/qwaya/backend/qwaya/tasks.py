"""Reports, made by workers off a queue in Redis."""

import os
import socket
from pathlib import Path

import django
from celery import Celery, signals
from django.conf import settings

from qwaya.alive import WORKER_FILE

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "qwaya.settings")

celery = Celery("qwaya", broker=settings.BROKER_URL)
celery.conf.update(
    task_ignore_result=True,
    task_acks_late=True,
    worker_prefetch_multiplier=1,
    worker_enable_remote_control=False,
    worker_hijack_root_logger=False,
    broker_connection_retry_on_startup=True,
    # A task of a worker that was killed comes back after this many seconds.
    broker_transport_options={"visibility_timeout": 600},
)


@signals.worker_init.connect
@signals.worker_process_init.connect
def set_up(**_: object) -> None:
    django.setup()


@signals.worker_ready.connect
@signals.heartbeat_sent.connect
def touch(**_: object) -> None:
    Path(WORKER_FILE).touch()


@celery.task(name="qwaya.report", autoretry_for=(OSError,), max_retries=3)
def report(campaign_id: int) -> None:
    from django.core.mail import send_mail
    from django.db import close_old_connections

    from qwaya.models import Campaign

    close_old_connections()
    campaign = Campaign.objects.filter(pk=campaign_id).first()
    if campaign is None:
        return
    clicks = campaign.budget // 40
    campaign.report = {"clicks": clicks, "visits": clicks * 9 // 10, "orders": clicks // 50}
    campaign.worker = socket.gethostname()
    campaign.save(update_fields=["report", "worker"])
    send_mail(
        f"Report: {campaign.name}",
        f"{clicks} clicks a day for {campaign.budget / 100:.2f}.",
        None,
        ["owner@qwaya.example"],
    )
