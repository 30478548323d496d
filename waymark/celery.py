"""The Celery application. Redis only rings the bell; the work itself stands in PostgreSQL."""

import os
from typing import Any

from celery import Celery
from celery.signals import beat_init, worker_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "waymark.settings")

app = Celery("waymark")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@worker_init.connect
@beat_init.connect
def _refuse_unsafe_start(**_: Any) -> None:
    from waymark.startup import refuse_unsafe_start  # noqa: PLC0415 - settings are read after this module is loaded

    refuse_unsafe_start()
