from django.apps import AppConfig


class ReportingConfig(AppConfig):
    name = "reporting"

    def ready(self) -> None:
        from reporting import signals  # noqa: F401, PLC0415 - receivers connect once the registry is ready
