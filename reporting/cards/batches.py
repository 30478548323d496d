"""Making the report cards of a class: one PDF each, in one ZIP. A transaction a learner, so that progress is seen."""

import io
import logging
import zipfile

from django.utils.text import slugify

from learners.classes import learners_of
from learners.models import Section
from learners.reach import running
from milestones.card_batches import MOST_TRIES, fail_batch, finish_batch, still_mine, take_batch
from milestones.models import CardBatch
from reporting.cards.card import Card, card_of
from reporting.cards.pdf import card_pdf
from tenancy.actor import DST, SCH, Actor
from tenancy.context import current_tenant_id, tenant_context
from tenancy.errors import Refused
from tenancy.models import Member, RoleGrant, Tenant
from tenancy.selectors import local_today

BATCH = ("Report cards, batch", "generate, publish")
logger = logging.getLogger(__name__)


def make_cards(tenant_id: int) -> int:
    """Work through what waits in the tenant. Returns how many were taken."""
    taken = 0
    while True:
        with tenant_context(tenant_id):
            batch = take_batch()
        if batch is None:
            return taken
        taken += 1
        try:
            _make(tenant_id, batch)
        except Exception as error:
            logger.exception("report cards failed")
            with tenant_context(tenant_id):
                fail_batch(batch, f"{type(error).__name__}: {error}")


def _make(tenant_id: int, batch: CardBatch) -> None:
    with tenant_context(tenant_id):
        actor = _originator(batch) if batch.tries <= MOST_TRIES else None
        if actor is None:
            fail_batch(batch, "no_right" if batch.tries <= MOST_TRIES else "given up")
            return
        learners = learners_of(batch.section_id, actor.today)
    out, left_out = io.BytesIO(), []
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for done, learner in enumerate(learners):
            with tenant_context(tenant_id):
                if not still_mine(batch, done=done):
                    return
                card = card_of(actor, Tenant.objects.get(pk=tenant_id), learner, batch.term.public_id)
            try:
                archive.writestr(f"{done + 1:03}-{file_name(card)}", card_pdf(card))
            except Refused:
                left_out.append(learner.name)
    with tenant_context(tenant_id):
        finish_batch(batch, out.getvalue(), left_out)


def file_name(card: Card) -> str:
    name = slugify(card.learner.name) or str(card.learner.public_id)
    return f"{name}-{slugify(card.term.title) or 'term'}.pdf"[-120:]


def _originator(batch: CardBatch) -> Actor | None:
    """Whoever asked for it, if they may still make report cards of this class."""
    tenant = Tenant.objects.get(pk=current_tenant_id())
    today = local_today(tenant)
    member = Member.objects.filter(pk=batch.asked_by_id, is_enabled=True).first()
    if member is None:
        return None
    grants = RoleGrant.objects.filter(running(today), member=member, role__in=(SCH, DST))
    roles = frozenset(grants.values_list("role", flat=True))
    # That it is them was proved when they asked.
    actor = Actor(tenant.pk, today, roles, member.pk, member.user_id, has_stepped_up=True, label=member.name)
    reach = Section.objects.visible_to(actor, *BATCH).filter(pk=batch.section_id)
    return actor if reach.exists() else None
