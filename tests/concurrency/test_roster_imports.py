"""A roster import whose worker is killed in the middle: seen on its page, nothing half-written, begun again."""

from __future__ import annotations

from django.test import Client

from integrations.roster_pages.work import run_imports
from learners.models import Learner
from tenancy.context import tenant_context
from tests.builders import Cast, World
from tests.concurrency.test_jobs import process, until
from tests.concurrency.together import HANG
from tests.integrations.roster_builders import school
from tests.integrations.test_roster_pages import packed, send
from tests.reporting.conftest import text_of
from tests.stepping import step_up

# It has written everything and waits at the last moment before its transaction ends.
WORKER = """
import sys, time
import django
django.setup()
from integrations.roster_pages import work
def wait(*_):
    time.sleep(600)
work.put_rows = work.keep_changes = wait
work.run_imports(int(sys.argv[1]))
"""


def test_killed_seen_and_begun_again(committed_cast: Cast) -> None:
    world = committed_cast.home
    client = Client()
    client.force_login(world.users["DST"])
    step_up(client, world.users["DST"])
    address = str(send(client, packed(school())).headers["Location"])
    killed_in_the_middle(world, client, address, "Comparing with what was here · 48 of 48 rows read · 8")
    run_imports(world.tenant.pk)
    assert "Save 14 people" in text_of(client.get(address))
    client.post(f"{address}save/")
    killed_in_the_middle(world, client, address, "rows read")
    # The second worker is stopped by the button, while it is at it.
    with process(WORKER, str(world.tenant.pk)) as second:
        until(lambda: "attempt 2 of 5" in text_of(client.get(address)), "nobody takes it up")
        assert client.post(f"{address}discard/").status_code == 302
        second.kill()
    assert there(world) == 0
    assert "Discarded. Nothing was changed" in text_of(client.get(address))


def killed_in_the_middle(world: World, client: Client, address: str, words: str) -> None:
    with process(WORKER, str(world.tenant.pk)) as one:
        until(lambda: words in text_of(client.get(address)), "nothing is seen of it")
        one.kill()
        assert one.wait(HANG) == -9
    assert there(world) == 0


def there(world: World) -> int:
    with tenant_context(world.tenant.pk):
        return int(Learner.objects.filter(sourced_id__startswith="l").count())
