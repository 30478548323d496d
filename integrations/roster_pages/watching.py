"""How far the job of a roster import is. The import is one transaction, so a second connection says it, while it runs.

Nothing depends on it: what is done stands in the import's own transaction. It hears, too, that somebody pressed Stop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from django.db import Error, connections
from django.utils import timezone

from integrations.models import RosterImport
from tenancy.context import current_tenant_id, tenant_context

EVERY = 0.7  # seconds
UNHEARD_AFTER = 60  # seconds after which a worker counts as gone
# Percent at which a step begins; reading goes twice over all rows.
BEGINS = {"check": 0, "stage": 40, "write": 60, "finish": 85, "": 100}
READINGS = {"check": 2, "stage": 1}
WRITES = 12  # kinds of rows


class Stopped(Exception):
    """Somebody discarded the import while it was worked on: everything of it is taken back."""


@contextmanager
def watching(one: RosterImport, total: int = 0) -> Iterator[Watch]:
    """It ends before the worker writes the import's own row: the two connections must not wait for each other."""
    watch, is_over = Watch(one, total), Event()
    thread = Thread(target=watch.tell, args=(is_over,), daemon=True)
    thread.start()
    try:
        yield watch
    finally:
        is_over.set()
        thread.join()


class Watch:
    """The figures of one job. `step` and `rows` are called by the import and raise Stopped."""

    def __init__(self, one: RosterImport, total: int) -> None:
        self._key, self._state, self._tenant_id = one.pk, one.state, current_tenant_id()
        self._total = total
        self._name, self._rows, self._parts = "check", 0, 0
        self._is_stopped = False

    def step(self, name: str) -> None:
        """A step begins, or a part of it is done."""
        if name == self._name:
            self._parts += 1
        else:
            self._name, self._rows, self._parts = name, 0, 0
        self._refuse_stopped()

    def rows(self, count: int) -> None:
        self._rows += count
        self._refuse_stopped()

    @property
    def rows_read(self) -> int:
        return min(self._total, self._rows // READINGS["check"]) if self._name == "check" else self._total

    @property
    def share(self) -> int:
        """Percent of the way, never back within one attempt."""
        ends = list(BEGINS.values())[list(BEGINS).index(self._name) + 1]
        if self._name in READINGS:
            part = self._rows / max(1, self._total * READINGS[self._name])
        else:
            part = self._parts / WRITES
        return int(BEGINS[self._name] + (ends - BEGINS[self._name]) * min(1.0, part))

    def _refuse_stopped(self) -> None:
        if self._is_stopped:
            raise Stopped

    def tell(self, is_over: Event) -> None:
        """In a thread, with a connection of its own. A database that is away for a moment hides the figures only."""
        try:
            while not is_over.wait(EVERY):
                with suppress(Error), tenant_context(self._tenant_id):
                    self._look_and_write()
        finally:
            connections.close_all()

    def _look_and_write(self) -> None:
        mine = RosterImport.objects.filter(pk=self._key)
        state = mine.values_list("state", flat=True).first()
        self._is_stopped = state not in {None, self._state}
        mine.filter(state=self._state).update(
            step=self._name, rows_done=self.rows_read, rows_total=self._total, share=self.share,
            heard_at=timezone.now(),
        )  # fmt: skip
