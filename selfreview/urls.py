"""The self-review's roads."""

from django.urls import include, path

from selfreview.views import answer, questionnaire, start, takeaway, team

app_name = "selfreview"

a_question = [
    # /review/<guid>/<section>/<position>/
    path("", answer.question, name="question"),
    path("history/", answer.history, name="history"),
    path("history/<int:number>/restore/", answer.restore, name="restore"),
]
a_round = [
    # /review/<guid>/
    path("", start.task_list, name="task_list"),
    path("link/", start.link, name="link"),
    path("team/", team.team, name="team"),
    path("team/name/", team.rename, name="rename"),
    path("team/invite/", team.invite, name="invite"),
    path("team/<uuid:member>/role/", team.change_role, name="change_role"),
    path("team/<uuid:member>/remove/", team.remove, name="remove"),
    path("delete/", team.delete, name="delete"),
    path("answers/", takeaway.answers, name="answers"),
    path("answers.csv", takeaway.answers_csv, name="answers_csv"),
    path("answers.json", takeaway.answers_json, name="answers_json"),
    path("<slug:section>/<int:position>/", include(a_question)),
]
urlpatterns = [
    path("questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    # /review/
    path("review/", start.start, name="start"),
    path("review/leave/", start.leave, name="leave"),
    path("review/return/<str:secret>/", start.come_back, name="come_back"),
    path("review/<uuid:guid>/", include(a_round)),
]
