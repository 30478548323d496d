from django.urls import path

from reporting import override_views, portal_views, views
from reporting.asking.urls import urlpatterns as asking
from reporting.audit.urls import urlpatterns as audit
from reporting.bars.urls import urlpatterns as bars
from reporting.cards.urls import urlpatterns as cards
from reporting.curriculum.urls import urlpatterns as curriculum
from reporting.evidence_log.urls import urlpatterns as evidence_log
from reporting.family.urls import urlpatterns as family
from reporting.figures.urls import urlpatterns as figures
from reporting.gaps.urls import urlpatterns as gaps
from reporting.info_sessions.urls import urlpatterns as info_sessions
from reporting.jobs.urls import urlpatterns as jobs
from reporting.labs.urls import urlpatterns as labs
from reporting.learning.urls import urlpatterns as learning
from reporting.library.urls import urlpatterns as library
from reporting.live.urls import urlpatterns as live
from reporting.mentoring.urls import urlpatterns as mentoring
from reporting.messaging.urls import urlpatterns as messaging
from reporting.narratives.urls import urlpatterns as narratives
from reporting.people.urls import urlpatterns as people
from reporting.planning.urls import urlpatterns as planning
from reporting.plans.urls import urlpatterns as plans
from reporting.portfolio.urls import urlpatterns as portfolio
from reporting.privacy.urls import urlpatterns as privacy
from reporting.programme.urls import urlpatterns as programme
from reporting.protocols.urls import urlpatterns as protocols
from reporting.recognition.urls import urlpatterns as recognition
from reporting.reports.urls import urlpatterns as reports
from reporting.results.urls import urlpatterns as results
from reporting.reviews.urls import urlpatterns as reviews
from reporting.rules.urls import urlpatterns as rules
from reporting.scoring.urls import urlpatterns as scoring
from reporting.tasks.urls import urlpatterns as tasks
from reporting.today.urls import urlpatterns as today
from reporting.tutoring.urls import urlpatterns as tutoring

MILESTONE = "learners/<uuid:learner_id>/milestones/<uuid:milestone_id>/"

urlpatterns = [
    path("classes/", views.my_classes, name="my_classes"),
    path("classes/<uuid:section_id>/grid/", views.class_grid, name="class_grid"),
    path("classes/<uuid:section_id>/release/", views.release, name="release"),
    path("learners/<uuid:learner_id>/", views.learner_page, name="learner"),
    path(MILESTONE, views.learner_page, name="learner_milestone"),
    path(f"{MILESTONE}evidence/new/", views.add_evidence, name="add_evidence"),
    path(f"{MILESTONE}evidence/<uuid:evidence_id>/withdraw/", views.withdraw, name="withdraw_evidence"),
    path("me/", portal_views.me, name="me"),
]

# A class as a file, and levels that a teacher sets.
urlpatterns += [
    path("classes/<uuid:section_id>/grid.csv", views.class_grid_csv, name="class_grid_csv"),
    path("classes/<uuid:section_id>/grid.xlsx", views.class_grid_xlsx, name="class_grid_xlsx"),
    path(f"{MILESTONE}level/", override_views.set_level, name="set_level"),
    path(f"{MILESTONE}level/<uuid:override_id>/end/", override_views.end_level, name="end_level"),
]

urlpatterns += evidence_log
urlpatterns += figures
urlpatterns += portfolio
urlpatterns += bars
urlpatterns += scoring
urlpatterns += curriculum
urlpatterns += tasks
urlpatterns += people
urlpatterns += privacy
urlpatterns += cards
urlpatterns += audit
urlpatterns += programme
urlpatterns += planning
urlpatterns += reviews
urlpatterns += recognition
urlpatterns += today
urlpatterns += gaps
urlpatterns += plans
urlpatterns += jobs
urlpatterns += messaging
urlpatterns += live
urlpatterns += labs
urlpatterns += rules
urlpatterns += protocols
urlpatterns += results
urlpatterns += library
urlpatterns += asking
urlpatterns += tutoring
urlpatterns += reports
urlpatterns += narratives
urlpatterns += family
urlpatterns += mentoring
urlpatterns += info_sessions
urlpatterns += learning
