from django.apps import AppConfig


class MilestonesConfig(AppConfig):
    name = "milestones"

    def ready(self) -> None:
        from milestones import signals  # noqa: F401, PLC0415 - receivers connect once the registry is ready
