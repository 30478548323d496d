from django.apps import AppConfig


class InterventionsConfig(AppConfig):
    name = "interventions"

    def ready(self) -> None:
        from interventions import signals  # noqa: F401, PLC0415 - receivers connect once the registry is ready
