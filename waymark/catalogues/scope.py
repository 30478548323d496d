"""Which templates and modules families, learners and people who sign in read: their words are in every catalogue.

A new page for them is added here; the tests fail while a word of it is missing in a catalogue.
"""

from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = (
    "base.html", "error.html", "account/*.html", "account/messages/*.txt", "components/field.html",
    "components/form_errors.html", "components/problems.html", "components/sentences.html", "family/_*.html",
    "family/child.html", "family/milestones.html", "family/timeline.html", "family/reports.html",
    "family/settings.html", "learning/*.html", "reporting/family.html", "reporting/me.html",
    "reporting/_goal_changes.html", "reporting/_help.html", "reporting/_words.html", "reporting/_subjects.html",
    "reporting/_levels.html", "reporting/_set_by_teacher.html", "reporting/refused.html",
    "recognition/_celebrations.html", "recognition/_received.html", "recognition/verify.html",
    "recognition/classmate.html",
    "planning/_own_goals.html", "planning/propose.html", "library/_family.html", "library/_mine.html",
    "asking/_asked.html", "asking/_mine.html", "asking/choose.html", "asking/mine.html", "tutoring/_mine.html",
    "tutoring/my_pair.html", "messaging/box.html", "messaging/_line.html", "messaging/message.html",
    "messaging/mail.html", "mails/message.*", "mails/family_week.*", "portfolio/*.html", "tasks/my_work.html",
    "tasks/my_attempt.html", "tasks/_rubric_table.html", "curriculum/my_pathway.html",
    "tutoring/_sessions.html", "tutoring/_question.html",
    "planning/_hints.html", "people/invitation.html",
    "info_sessions/_when.html", "info_sessions/_invited.html", "info_sessions/answer.html",
    "mentoring/_*.html", "mentoring/mentee.html", "mentoring/mentees.html",
    "people/invitation_gone.html", "people/invitation_refused.html", "cards/card.html",
)  # fmt: skip
MODULES = (
    "reporting/levels.py", "reporting/context.py", "reporting/family/*.py", "reporting/learning/*.py",
    "reporting/sentences.py", "reporting/kind_words.py", "reporting/condition_words.py", "reporting/chart.py",
    "reporting/grid.py",
    "reporting/messaging/forms.py", "reporting/asking/views.py", "reporting/planning/wish_forms.py",
    "reporting/planning/own_goals.py", "reporting/planning/views.py", "reporting/portfolio/*.py",
    "reporting/recognition/forms.py", "reporting/tasks/another_try.py", "reporting/tasks/my_work.py",
    "interventions/delivery.py", "interventions/mails.py", "interventions/home_choice.py", "interventions/asking.py",
    "assessments/portfolio.py", "milestones/goal_notes.py", "milestones/recognition.py",
    "milestones/models/narratives.py",
    "milestones/own_milestones.py", "waymark/views.py", "waymark/away.py", "tenancy/accounts.py", "tenancy/step_up.py",
    "reporting/cards/card.py", "reporting/cards/pdf.py", "reporting/recognition/pdf.py", "reporting/typesetting.py",
    "learners/invitations.py", "learners/models/mentors.py", "reporting/info_sessions/home_views.py",
    "interventions/info_answers.py",
    "interventions/models/library.py", "interventions/models/messages.py", "assessments/models/artefacts.py",
    "reporting/planning/measures.py", "reporting/planning/on_the_way.py", "reporting/tutoring/views.py",
    "reporting/library/mine_views.py", "reporting/tasks/attempt_views.py", "interventions/giving.py",
    "assessments/artefact_files.py", "assessments/self_assessment.py", "milestones/home_words.py",
)  # fmt: skip


def files() -> Iterator[Path]:
    for folder, patterns in ((ROOT / "templates", TEMPLATES), (ROOT, MODULES)):
        for pattern in patterns:
            yield from sorted(folder.glob(pattern))
