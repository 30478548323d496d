from django.urls import path

from reporting.reports import cohort_views, trend_views, views

urlpatterns = [
    path("reports/", views.mastery_report, name="mastery_report"),
    path("reports/trend/", trend_views.trend, name="trend_report"),
    path("reports/trend/events/", trend_views.mark, name="mark_event"),
    path("reports/trend/events/<uuid:event_id>/remove/", trend_views.forget, name="forget_event"),
    path("reports/time-in-level/", views.time_in_level, name="time_in_level"),
    path("reports/gaps/", views.gaps, name="gaps_report"),
    path("reports/gaps/<uuid:milestone_id>/review/", views.send_to_review, name="send_to_review"),
    path("reports/milestones/<uuid:milestone_id>/", views.milestone_report, name="milestone_report"),
    path("reports/fairness/", views.fairness, name="fairness_report"),
    path("reports/adoption/", views.adoption, name="adoption_report"),
    path("reports/cohorts/", cohort_views.cohorts, name="cohorts_report"),
    path("reports/cohorts/<uuid:cohort_id>/", cohort_views.cohort, name="cohort_report"),
    path("reports/cohorts/<uuid:cohort_id>/places/", cohort_views.add_cohort_place, name="add_cohort_place"),
    path(
        "reports/cohorts/<uuid:cohort_id>/places/<uuid:place_id>/remove/",
        cohort_views.remove_cohort_place,
        name="remove_cohort_place",
    ),
    path("reports/views/", cohort_views.keep_view, name="keep_view"),
    path("reports/views/<uuid:view_id>/delete/", cohort_views.forget_view, name="forget_view"),
    path("reports/names/", views.report_names, name="report_names"),
    path("reports/<slug:block>.csv", views.report_csv, name="report_csv"),
]
