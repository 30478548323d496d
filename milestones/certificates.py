"""Certificates: frozen at issue, named by a code that nobody can guess, checked without a sign-in."""

import re
import secrets
from base64 import b32encode
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from learners.models import Learner
from milestones.models import Certificate, Milestone, Release, newest_release
from status_engine import Level
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.context import tenant_context
from tenancy.errors import NotFound, Refused
from tenancy.models import Tenant
from tenancy.selectors import zone

RANDOM_BYTES = 10  # 80 bits, 16 letters: guessing one takes longer than the school will stand
PRINTED = re.compile(r"([1-9][0-9]{0,17})-((?:[A-Z2-7]{4}-){3}[A-Z2-7]{4})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Genuine:
    """What the public page says, and nothing else."""

    school: str
    issued_at: datetime
    time_zone: str
    initials: str
    milestones: int


def new_code() -> str:
    """Base32 in groups of four: ABCD-EFGH-IJKL-MNOP."""
    letters = b32encode(secrets.token_bytes(RANDOM_BYTES)).decode()
    return "-".join(letters[start : start + 4] for start in range(0, len(letters), 4))


def printed_code(certificate: Certificate) -> str:
    """The code as it stands on paper: with the tenant in front, so that it is found without a sign-in."""
    return f"{certificate.tenant_id}-{certificate.code}"


@transaction.atomic
def issue_certificate(actor: Actor, *, learner: Learner, milestone: Milestone) -> Certificate:
    """A certificate for the level that learner and family see. Issuing it again returns the one that is there.

    Raises Refused where no level at Meets or above was released.
    """
    release = Release.objects.filter(
        newest_release(), learner_id=learner.pk, milestone_id=milestone.pk, level__gte=Level.MEETS
    ).first()
    if release is None:
        raise Refused(_("A certificate needs a released level at Meets or above. Release the level first."))
    time_zone = zone(Tenant.objects.get(pk=actor.tenant_id).time_zone)
    frozen = {
        "learner_name": learner.name, "milestone_title": milestone.title, "code": new_code(),
        "reached_on": release.released_at.astimezone(time_zone).date(), "issued_by_id": actor.member_id,
        "issued_by_name": actor.label,
    }  # fmt: skip
    certificate: Certificate
    certificate, is_new = Certificate.objects.get_or_create(
        learner=learner, milestone=milestone, level=release.level, withdrawn_at=None, defaults=frozen
    )
    if is_new:
        record_audit(actor, "certificate.issued", target=certificate)
    return certificate


@transaction.atomic
def withdraw_certificate(actor: Actor, *, certificate: Certificate) -> None:
    """Nobody can download it any longer, and its code is as one that never was. A second time changes nothing."""
    if Certificate.objects.filter(pk=certificate.pk, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        record_audit(actor, "certificate.withdrawn", target=certificate)


def find_genuine(code: str, of_host: Tenant | None = None) -> Genuine:
    """What may be said to anybody who holds the code. Raises NotFound: wrong, withdrawn and never issued are alike.

    `of_host`: the tenant whose address was asked; it answers for its own certificates only.
    """
    match = PRINTED.fullmatch(code.strip().upper())
    tenant = Tenant.objects.filter(pk=int(match[1])).first() if match else None
    if match is None or tenant is None or (of_host is not None and of_host.pk != tenant.pk):
        raise NotFound
    with tenant_context(tenant.pk):
        rows = Certificate.objects.filter(code=match[2], withdrawn_at=None)
        certificate = rows.select_related("learner__home_school").first()
        if certificate is None:
            raise NotFound
        school = certificate.learner.home_school
        return Genuine(
            school=school.name if school else tenant.name, issued_at=certificate.issued_at,
            time_zone=tenant.time_zone, initials=initials_of(certificate.learner_name), milestones=1,
        )  # fmt: skip


def initials_of(name: str) -> str:
    """The first letters of at most the first and the last name: "A. M."."""
    parts = name.split()
    return " ".join(f"{part[0].upper()}." for part in ([parts[0], parts[-1]] if len(parts) > 1 else parts))
