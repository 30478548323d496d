"""What makes web and workers refuse to start: sample secrets, DEBUG, or a database role that ignores row security."""

from django.conf import settings
from django.db import connection


class UnsafeStart(SystemExit):
    """Printed and exits with 1."""


def setting_problems() -> list[str]:
    """Problems that only production refuses, each with its fix."""
    problems = []
    if settings.SECRET_KEY == settings.DEFAULT_SECRET or len(settings.SECRET_KEY) < 32:
        problems.append("SECRET_KEY is the sample value or shorter than 32 characters. Set a long random one.")
    if settings.DEBUG:
        problems.append("DEBUG is on. Remove it from the environment.")
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        problems.append("ALLOWED_HOSTS is empty or '*'. List the host names of this installation.")
    return problems


def role_problems() -> list[str]:
    """Problems of the database role: it must neither ignore row security nor own the tables."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT current_user, rolsuper, rolbypassrls, EXISTS (SELECT 1 FROM pg_class c"
            " WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
            " AND pg_has_role(current_user, c.relowner, 'USAGE')) FROM pg_roles WHERE rolname = current_user"
        )
        name, is_super, bypasses, owns = cursor.fetchone()
    found = [
        (is_super, "is a superuser"),
        (bypasses, "has BYPASSRLS"),
        (owns, "owns tables"),
    ]
    return [
        f"The database role {name} {what}: it would see every tenant. Connect as the restricted role waymark_app."
        for bad, what in found
        if bad
    ]


def refuse_unsafe_start() -> None:
    """Called once by web, worker and beat. Raises UnsafeStart with every problem."""
    problems = setting_problems() if settings.PRODUCTION else []
    problems += role_problems()
    if problems:
        raise UnsafeStart("Waymark does not start:\n" + "\n".join(f"- {problem}" for problem in problems))
