from django.urls import path

from reporting.tasks import attempt_views, rubric_views, task_views

RUBRIC = "curriculum/rubrics/<uuid:rubric_id>/"
TASK = "assessments/<uuid:task_id>/"
ATTEMPT = "attempts/<uuid:attempt_id>/"
CLASS = "classes/<uuid:section_id>/assessments/"
MINE = "me/work/<uuid:attempt_id>/"

urlpatterns = [
    path("curriculum/rubrics/", rubric_views.rubrics, name="rubrics"),
    path("curriculum/rubrics/new/", rubric_views.new_rubric, name="new_rubric"),
    path(RUBRIC, rubric_views.rubric, name="rubric"),
    path(f"{RUBRIC}edit/", rubric_views.edit_rubric, name="edit_rubric"),
    path(f"{RUBRIC}state/", rubric_views.rubric_state, name="rubric_state"),
    path(f"{RUBRIC}calibration/", rubric_views.calibration, name="calibration"),
    path(f"{RUBRIC}calibration/new/", rubric_views.add_sample, name="add_sample"),
    path(f"{RUBRIC}calibration/<uuid:piece_id>/", rubric_views.sample, name="sample"),
    path("curriculum/tasks/", task_views.task_library, name="task_library"),
    path(CLASS, task_views.class_tasks, name="class_tasks"),
    path(f"{CLASS}new/", task_views.new_task, name="new_task"),
    path(f"{CLASS}asked/<uuid:request_id>/", task_views.answer_asked, name="answer_asked"),
    path(TASK, task_views.task, name="task"),
    path(f"{TASK}edit/", task_views.edit_task, name="edit_task"),
    path(f"{TASK}state/", task_views.task_state, name="task_state"),
    path(f"{TASK}forms/new/", task_views.new_form, name="new_form"),
    path(f"{TASK}forms/<uuid:form_id>/state/", task_views.form_state, name="form_state"),
    path(f"{TASK}assign/", task_views.assign, name="assign"),
    path(f"{TASK}release/", task_views.release_task, name="release_task"),
    path(f"{TASK}agreement/", task_views.agreement, name="agreement"),
    path(ATTEMPT, attempt_views.attempt, name="attempt"),
    path(f"{ATTEMPT}mark/", attempt_views.mark, name="mark_attempt"),
    path(f"{ATTEMPT}state/", attempt_views.attempt_state, name="attempt_state"),
    path("me/work/", attempt_views.my_work, name="my_work"),
    path("me/practice/<uuid:task_id>/", attempt_views.take_practice, name="start_practice"),
    path(MINE, attempt_views.my_attempt, name="my_attempt"),
    path(f"{MINE}hand-in/", attempt_views.hand_in_work, name="hand_in"),
    path(f"{MINE}own-view/", attempt_views.my_own_view, name="own_view"),
    path("me/milestones/<uuid:milestone_id>/again/", attempt_views.ask_for_another_try, name="ask_again"),
]
