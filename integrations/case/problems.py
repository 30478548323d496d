"""What is wrong with a package, said so that its author can repair it."""

from __future__ import annotations

from dataclasses import dataclass

MAX_PROBLEMS = 10_000


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault: `path` is a JSON path (`$.CFItems[3].fullStatement`), `code` a stable word, `message` for people."""

    path: str
    code: str
    message: str


def printable(text: str) -> str:
    """`text` with characters no page, log or database column can hold (NUL, lone surrogates) spelled out."""
    return text.replace("\x00", "\\x00").encode("utf-8", "backslashreplace").decode("utf-8")


def quoted(value: str, limit: int = 60) -> str:
    """`value` in quotes for a message, cut at `limit` characters."""
    return f'"{value if len(value) <= limit else value[: limit - 1] + "…"}"'


class PackageRejected(Exception):
    """The package was refused; nothing of it may be used. `problems` lists every fault found, never only the first."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(f"{len(self.problems)} problems, first: {self.problems[0].message}" if problems else "")


class ProblemList:
    """Collects faults and warnings while a package is read, with a ceiling against hostile input."""

    def __init__(self) -> None:
        self.faults: list[Problem] = []
        self.warnings: list[Problem] = []
        self._unlisted = 0

    def add(self, path: str, code: str, message: str) -> None:
        """Record a fault: the package will be refused."""
        if len(self.faults) < MAX_PROBLEMS:
            self.faults.append(Problem(printable(path), code, printable(message)))
        else:
            self._unlisted += 1

    def warn(self, path: str, code: str, message: str) -> None:
        """Record something tolerated that the author should know."""
        if len(self.warnings) < MAX_PROBLEMS:
            self.warnings.append(Problem(printable(path), code, printable(message)))

    def reject_if_any(self) -> None:
        """Raise `PackageRejected` when at least one fault was recorded."""
        if not self.faults:
            return
        if self._unlisted:
            text = f"{self._unlisted} more problems are not listed. Repair those above and import again"
            self.faults.append(Problem("$", "more_problems", text))
        raise PackageRejected(self.faults)
