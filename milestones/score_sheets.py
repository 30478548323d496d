"""Scoring a class: one milestone × everyone, saved as the teacher goes, evidence only once it is released.

An entry is a draft: it counts for nothing and nobody but the teachers of the class sees it. Releasing a sheet writes
its scores into the ledger, settles the levels that would drop, and lets learners and families see the levels. For ten
minutes all of it can be taken back: the pieces are withdrawn, what families saw before is what they see again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from assessments.models import Evidence, standing
from assessments.pieces import Piece, moment_of, not_storable
from assessments.services import record_many, withdraw_many
from competencies.book import policy_book
from competencies.models import Competency
from learners.models import Learner, Section
from milestones.models import Criterion, LevelOverride, Milestone, ScoreEntry, ScoreSheet
from milestones.overrides import Place, end_override, learners_to_judge, set_override
from milestones.releases import restore_levels, show_levels
from milestones.score_preview import After, Work, levels_after, points_of
from tenancy.actor import Actor
from tenancy.audit import record_audit
from tenancy.errors import Conflict, Invalid, Refused, problem
from tenancy.models import Tenant
from tenancy.selectors import zone

UNDO_FOR = timedelta(minutes=10)
LONGEST_COMMENT = 2_000
SOURCE = "score-sheet"


@dataclass(frozen=True, slots=True)
class Head:
    """What is being scored. competency None: the score is evidence for every criterion of the milestone."""

    title: str
    kind: str
    occurred_on: date
    is_practice: bool = False
    competency: Competency | None = None


@transaction.atomic
def open_sheet(actor: Actor, *, section: Section, milestone: Milestone, head: Head) -> ScoreSheet:
    """A sheet to score on. One that was opened for the same work and has not been released is gone on with."""
    values = {
        "section": section, "milestone": milestone, "title": head.title, "kind": head.kind,
        "occurred_on": head.occurred_on, "is_practice": head.is_practice, "competency": head.competency,
    }  # fmt: skip
    Section.objects.select_for_update(no_key=True).get(pk=section.pk)
    found: ScoreSheet | None = ScoreSheet.objects.filter(**values, released_at=None).order_by("id").first()
    if found is not None:
        return found
    sheet: ScoreSheet = ScoreSheet.objects.create(**values, opened_by_id=actor.member_id)
    record_audit(actor, "score_sheet.opened", target=sheet)
    return sheet


@dataclass(frozen=True, slots=True)
class Score:
    """What a teacher gave one learner. mark: scored, none, absent, or empty for a comment alone."""

    mark: str
    level: int | None = None
    comment: str = ""


class Slower(Exception):
    """Somebody changed this entry since it was read: theirs stands until the person has chosen."""

    def __init__(self, theirs: ScoreEntry) -> None:
        super().__init__(theirs.pk)
        self.theirs = theirs


@transaction.atomic
def save_score(actor: Actor, *, sheet: ScoreSheet, learner: Learner, score: Score, version: int) -> ScoreEntry:
    """Save one learner's score. version: of the entry that the person saw, 0 where there was none.

    Sending the same again changes nothing. Raises Invalid for a bad value, Slower when somebody was faster, Conflict
    for a sheet that is released.
    """
    problems = _problems(score)
    if problems:
        raise Invalid(problems)
    _open(sheet)
    values = {"mark": score.mark, "level": score.level, "comment": score.comment}
    entry: ScoreEntry | None
    entry = ScoreEntry.objects.select_for_update(no_key=True).filter(sheet_id=sheet.pk, learner_id=learner.pk).first()
    if entry is None:
        saved: ScoreEntry = ScoreEntry.objects.create(
            sheet=sheet, learner=learner, saved_by_id=actor.member_id, **values
        )
        return saved
    if all(getattr(entry, name) == value for name, value in values.items()):
        return entry
    if entry.version != version:
        raise Slower(entry)
    for name, value in values.items():
        setattr(entry, name, value)
    entry.version, entry.saved_at, entry.saved_by_id, entry.drop = version + 1, timezone.now(), actor.member_id, ""
    entry.save()
    return entry


def _open(sheet: ScoreSheet) -> ScoreSheet:
    """The sheet, locked. Raises Conflict where it is released."""
    locked: ScoreSheet = ScoreSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    if locked.released_at is not None:
        raise Conflict(_("These scores were released. Undo the release within 10 minutes, or correct single pieces."))
    return locked


def _problems(score: Score) -> list[dict[str, str]]:
    if score.mark not in ("", *ScoreEntry.Mark.values):
        return [problem("mark", _("Choose a level, no evidence, or absent"))]
    if (score.mark == ScoreEntry.Mark.SCORED) != (score.level in (1, 2, 3, 4)):
        return [problem("level", _("Choose a level from 1 to 4"))]
    if len(score.comment) > LONGEST_COMMENT:
        text = _("The comment has %(n)d characters. Shorten it to %(most)d")
        return [problem("comment", text % {"n": len(score.comment), "most": LONGEST_COMMENT})]
    if not_storable(score.comment, has_lines=True):
        return [problem("comment", _("The comment contains a control character. Type it again"))]
    return []


def competencies_of(sheet: ScoreSheet) -> list[int]:
    """The competencies that a score on the sheet is evidence for: the chosen one, else every level criterion's."""
    if sheet.competency_id is not None:
        return [sheet.competency_id]
    rows = Criterion.objects.filter(milestone_id=sheet.milestone_id, measure="").order_by("position", "id")
    return list(rows.values_list("competency_id", flat=True))


def work_of(sheet: ScoreSheet, tenant: Tenant) -> Work:
    """The sheet as the ledger will know it."""
    moment = moment_of(sheet.occurred_on, zone(tenant.time_zone))
    return Work(task=sheet.title[:100], kind=sheet.kind, occurred_at=moment, is_practice=sheet.is_practice)


def levels_with(sheet: ScoreSheet, scores: Mapping[int, int], tenant: Tenant) -> dict[int, After]:
    """{learner: level now and with the score} for {learner: level scored}."""
    return levels_after(sheet.milestone_id, competencies_of(sheet), scores, work_of(sheet, tenant))


def levels_of(entries: Iterable[ScoreEntry]) -> dict[int, int]:
    """{learner: level scored}, without those who were absent or showed nothing."""
    return {entry.learner_id: entry.level for entry in entries if entry.level is not None}


@dataclass(frozen=True, slots=True)
class Released:
    """What a release did: scores in the ledger, levels that moved up, dropped, or were kept although the rule drops
    them, and comments that can be read now."""

    scores: int
    up: int
    down: int
    kept: int
    comments: int


@transaction.atomic
def release_sheet(actor: Actor, *, sheet: ScoreSheet, tenant: Tenant, drops: Mapping[int, str]) -> Released:
    """Write the scores into the ledger and let learners and families see the levels.

    drops: {learner: "agree" or "keep"} for every level that would drop. Raises Invalid for one that is not decided,
    Conflict where the sheet is released already.
    """
    locked = _open(sheet)
    entries = list(locked.entries.select_related("learner").order_by("learner_id").select_for_update(of=("self",)))
    scored = levels_of(entries)
    if not scored:
        raise Refused(_("Nothing is scored yet. Give at least one level, then release."))
    after = levels_with(locked, scored, tenant)
    down = {learner for learner, one in after.items() if one.after < one.before}
    kept = _decided(actor, down, drops, entries)
    locked.releases += 1
    locked.released_at, locked.released_by_id = timezone.now(), actor.member_id
    locked.save(update_fields=["releases", "released_at", "released_by_id"])
    record_many(actor, pieces=_pieces(locked, entries, tenant), is_waited_for=True)
    for entry in entries:
        if entry.learner_id in kept:
            _keep(actor, locked, entry, after[entry.learner_id].before)
    show_levels(actor, milestone_id=locked.milestone_id, learners=list(scored), sheet_id=locked.pk)
    record_audit(actor, "score_sheet.released", target=locked, detail={"scores": len(scored)})
    return Released(
        scores=len(scored), up=sum(one.after > one.before for one in after.values()), down=len(down - kept),
        kept=len(kept), comments=sum(bool(entry.comment) for entry in entries if entry.learner_id in scored),
    )  # fmt: skip


def _decided(actor: Actor, down: set[int], drops: Mapping[int, str], entries: list[ScoreEntry]) -> set[int]:
    """Learners whose level is kept; what was decided is written down."""
    names = {entry.learner_id: entry.learner.name for entry in entries}
    open_ones = [names[one] for one in sorted(down) if drops.get(one) not in ScoreEntry.Drop.values]
    if open_ones:
        text = _("Decide for %(names)s: agree that the level drops, or keep it")
        raise Invalid([problem("drops", text % {"names": ", ".join(open_ones)}, "undecided")])
    kept = {one for one in down if drops[one] == ScoreEntry.Drop.KEEP}
    if kept and learners_to_judge(actor).filter(id__in=kept).count() < len(kept):
        raise Refused(_("You may not set levels for all of these learners. Agree to the drop, or ask their teacher."))
    for entry in entries:
        entry.drop = drops[entry.learner_id] if entry.learner_id in down else ""
    ScoreEntry.objects.bulk_update(entries, ["drop"])
    return kept


def _pieces(sheet: ScoreSheet, entries: list[ScoreEntry], tenant: Tenant) -> list[Piece]:
    work, book = work_of(sheet, tenant), policy_book()
    frameworks = dict(Competency.objects.filter(id__in=competencies_of(sheet)).values_list("id", "framework_id"))
    pieces: list[Piece] = []
    for entry in entries:
        if entry.level is None:
            continue
        for competency, framework in frameworks.items():
            school = entry.learner.home_school_id
            policy = book.nearest(competency=competency, framework=framework, school=school).policy
            pieces.append(
                Piece(
                    n=len(pieces), learner_id=entry.learner_id, competency_id=competency, kind=work.kind,
                    task=work.task, title=sheet.title, occurred_at=work.occurred_at, comment=entry.comment,
                    score=points_of(policy, entry.level), possible=Decimal(str(policy.scale.points_possible)),
                    state=Evidence.State.HIDDEN if sheet.is_practice else Evidence.State.COUNTED,
                    source=SOURCE, source_id=f"{_mark_of(sheet)}{entry.pk}:{competency}",
                )
            )  # fmt: skip
    return pieces


def _mark_of(sheet: ScoreSheet) -> str:
    """What the identifiers of all pieces of one release begin with."""
    return f"{sheet.public_id}:{sheet.releases}:"


def _keep(actor: Actor, sheet: ScoreSheet, entry: ScoreEntry, level: int) -> None:
    day = date_format(timezone.localdate(), "j M Y")
    reason = _("Kept by the teacher when “%(title)s” was released on %(day)s") % {"title": sheet.title, "day": day}
    set_override(actor, place=Place(entry.learner, sheet.milestone), level=level, reason=reason)


def may_undo(sheet: ScoreSheet) -> bool:
    """Released, and not longer ago than ten minutes."""
    return sheet.released_at is not None and timezone.now() - sheet.released_at < UNDO_FOR


@transaction.atomic
def undo_release(actor: Actor, *, sheet: ScoreSheet) -> int:
    """Take a release back: pieces withdrawn, kept levels ended, families see what they saw before. Returns the pieces.

    The scores stay on the sheet, which is open again. Raises Conflict when it is too late or was undone already.
    """
    locked: ScoreSheet = ScoreSheet.objects.select_for_update(no_key=True).get(pk=sheet.pk)
    if not may_undo(locked) or locked.released_at is None:
        raise Conflict(_("A release can be undone for 10 minutes. Correct or withdraw single pieces instead."))
    rows = Evidence.objects.filter(standing(), source=SOURCE, source_id__startswith=_mark_of(locked))
    rows = rows.filter(learner_competency__learner_id__in=locked.entries.values("learner_id"))
    pieces = withdraw_many(actor, evidence=list(rows.order_by("id")), reason=_("The release was undone"))
    for override in _kept_then(locked, locked.released_at):
        end_override(actor, override=override, reason=_("The release was undone"))
    restore_levels(actor, sheet_id=locked.pk, milestone_id=locked.milestone_id)
    locked.released_at = locked.released_by_id = None
    locked.save(update_fields=["released_at", "released_by_id"])
    record_audit(actor, "score_sheet.undone", target=locked, detail={"pieces": pieces})
    return pieces


def _kept_then(sheet: ScoreSheet, released_at: datetime) -> list[LevelOverride]:
    learners = sheet.entries.filter(drop=ScoreEntry.Drop.KEEP).values("learner_id")
    rows = LevelOverride.objects.filter(milestone_id=sheet.milestone_id, learner_id__in=learners, ends=None)
    return list(rows.filter(set_at__gte=released_at).select_related("learner", "milestone", "competency"))
