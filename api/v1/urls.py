from django.urls import path

from api.v1 import reports, roster, statuses, views, writes

urlpatterns = [
    path("frameworks/", views.Frameworks.as_view(), name="api_frameworks"),
    path("frameworks/<uuid:public_id>/", views.FrameworkDetail.as_view(), name="api_framework"),
    path("competencies/", views.Competencies.as_view(), name="api_competencies"),
    path("competencies/<uuid:public_id>/", views.CompetencyDetail.as_view(), name="api_competency"),
    path("schools/", roster.Schools.as_view(), name="api_schools"),
    path("schools/<uuid:public_id>/", roster.SchoolDetail.as_view(), name="api_school"),
    path("terms/", roster.Terms.as_view(), name="api_terms"),
    path("terms/<uuid:public_id>/", roster.TermDetail.as_view(), name="api_term"),
    path("people/", roster.People.as_view(), name="api_people"),
    path("people/<uuid:public_id>/", roster.Person.as_view(), name="api_person"),
    path("enrolments/", roster.Enrolments.as_view(), name="api_enrolments"),
    path("assignments/", roster.Assignments.as_view(), name="api_assignments"),
    path("guardian-links/", roster.GuardianLinks.as_view(), name="api_guardian_links"),
    path("sections/", views.Sections.as_view(), name="api_sections"),
    path("sections/<uuid:public_id>/", views.SectionDetail.as_view(), name="api_section"),
    path("learners/", views.Learners.as_view(), name="api_learners"),
    path("learners/<uuid:public_id>/", views.LearnerDetail.as_view(), name="api_learner"),
    path("milestones/", views.Milestones.as_view(), name="api_milestones"),
    path("milestones/<uuid:public_id>/", views.MilestoneDetail.as_view(), name="api_milestone"),
    path("statuses/", statuses.Statuses.as_view(), name="api_statuses"),
    path(
        "statuses/<uuid:learner_id>/<uuid:milestone_id>/explanation/",
        statuses.Explanation.as_view(),
        name="api_explanation",
    ),
    path("reports/mastery/", reports.Mastery.as_view(), name="api_report_mastery"),
    path("reports/trend/", reports.Trend.as_view(), name="api_report_trend"),
    path("reports/time-in-level/", reports.TimeInLevel.as_view(), name="api_report_time_in_level"),
    path("reports/gaps/", reports.Gaps.as_view(), name="api_report_gaps"),
    path("reports/fairness/", reports.Fairness.as_view(), name="api_report_fairness"),
    path("reports/adoption/", reports.Adoption.as_view(), name="api_report_adoption"),
    path("evidence/", writes.EvidenceIn.as_view(), name="api_evidence"),
    path("status-preview/", writes.StatusPreview.as_view(), name="api_status_preview"),
]
