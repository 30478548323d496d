"""What the engine raises: every problem of an input at once, each with the field it belongs to.

Callers map `errors` to their own problem format. Messages name the value that came and the range that is allowed.
"""

from collections.abc import Sequence

Problem = tuple[str, str]


class PolicyError(ValueError):
    """One thing wrong with a policy. field: the key as it was sent (`gates.meets.min_pieces`)."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.errors: list[Problem] = [(field, message)]


class PolicyErrors(PolicyError):
    """Everything wrong with a policy. errors: [(field, message)], at least one, in the order they were found."""

    def __init__(self, errors: Sequence[Problem]) -> None:
        super().__init__(*errors[0])
        self.errors = list(errors)
        self.args = ("; ".join(f"{field}: {message}" for field, message in errors),)


class EvidenceError(ValueError):
    """One thing wrong with an evidence row or column. field: `evidence[3].possible`, or `possible[3]` in a column."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message
        self.errors: list[Problem] = [(field, message)]


class EvidenceErrors(EvidenceError):
    """Everything wrong with the evidence that came. errors: [(field, message)], at least one."""

    def __init__(self, errors: Sequence[Problem]) -> None:
        super().__init__(*errors[0])
        self.errors = list(errors)
        self.args = ("; ".join(f"{field}: {message}" for field, message in errors),)
