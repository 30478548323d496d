from django.apps import AppConfig


class WaymarkConfig(AppConfig):
    name = "waymark"

    def ready(self) -> None:
        from waymark import celery  # noqa: F401, PLC0415 - the app registry must be ready first
