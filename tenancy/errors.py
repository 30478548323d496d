"""One tree of errors: raised by services, mapped once to problem+json and once to page messages."""

from typing import Any


class DomainError(Exception):
    """What is wrong, with the value, and what to do; `code` is stable, `data` holds the figures."""

    code = "invalid"
    status = 400

    def __init__(self, message: str, *, code: str | None = None, field: str | None = None, **data: Any) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or self.code
        self.field = field
        self.data = data


class NotFound(DomainError):
    """Hidden and absent are the same answer."""

    code = "not_found"
    status = 404

    def __init__(self, message: str = "There is nothing here that you can see.", **data: Any) -> None:
        super().__init__(message, **data)


class Refused(DomainError):
    """The object is visible, the action is not allowed."""

    code = "refused"
    status = 403


class Conflict(DomainError):
    """Somebody else was faster, or the same key came with other content."""

    code = "conflict"
    status = 409


class Invalid(DomainError):
    """Several things are wrong: `problems` lists them as {field, code, message}."""

    code = "invalid"
    status = 400

    def __init__(self, problems: list[dict[str, str]]) -> None:
        super().__init__(problems[0]["message"] if problems else "Check the values.", problems=problems)
        self.problems = problems


def problem(field: str, message: str, code: str = "invalid") -> dict[str, str]:
    """One thing that is wrong, for Invalid: the field of the form or of the request, and the sentence to show."""
    return {"field": field, "code": code, "message": message}
