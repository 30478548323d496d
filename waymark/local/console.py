"""What the person at the terminal sees: one line per step with its seconds, and errors as one sentence."""

import contextlib
import sys
import time
from collections.abc import Iterator
from typing import TextIO


class LocalError(Exception):
    """A sentence for the person at the terminal: names the value and the fix, shown without a traceback."""


_on_stdout = False


def speak_on_stdout() -> None:
    """Send the steps to stdout: for `demo` and `test`, whose output is for people and not for `eval` or `| jq`."""
    global _on_stdout
    _on_stdout = True


def _stream() -> TextIO:
    return sys.stdout if _on_stdout else sys.stderr


def say(text: str) -> None:
    print(text, file=_stream(), flush=True)


@contextlib.contextmanager
def step(text: str, *, talks: bool = False) -> Iterator[None]:
    """Show a step and, when it has ended, its seconds. `talks`: the step prints lines of its own in between."""
    began = time.monotonic()
    lead = f"  · {text} … "
    print(lead, end="\n" if talks else "", file=_stream(), flush=True)
    try:
        yield
    except BaseException as error:
        outcome = "failed" if isinstance(error, Exception) else "interrupted"
        say(f"    {outcome}" if talks else outcome)
        raise
    seconds = f"{time.monotonic() - began:.1f} s"
    say(f"    {text}: {seconds}" if talks else seconds)
