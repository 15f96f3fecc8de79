"""The self-review's roads."""

from django.urls import include, path

from selfreview.views import answer, plan, questionnaire, rounds, start, takeaway, team

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
    path("profile/", plan.profile, name="profile"),
    path("actions/", plan.actions, name="actions"),
    path("actions/<uuid:action>/", plan.action, name="action"),
    path("actions/<uuid:action>/delete/", plan.delete_action, name="delete_action"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/close/", rounds.close, name="close"),
    path("rounds/next/", rounds.begin_next, name="begin_next"),
    path("rounds/<int:number>/", rounds.compare_rounds, name="compare_rounds"),
    path("share/", rounds.share, name="share"),
    path("share/<uuid:link>/revoke/", rounds.revoke, name="revoke"),
    path("report.docx", takeaway.report, name="report"),
    path("answers/", takeaway.answers, name="answers"),
    path("answers.csv", takeaway.answers_csv, name="answers_csv"),
    path("answers.json", takeaway.answers_json, name="answers_json"),
    path("<slug:section>/<int:position>/", include(a_question)),
]
urlpatterns = [
    # /questionnaire/
    path("questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("questionnaire/paper/", questionnaire.paper, name="paper"),
    # /review/
    path("review/", start.start, name="start"),
    path("review/leave/", start.leave, name="leave"),
    path("review/return/<str:secret>/", start.come_back, name="come_back"),
    path("review/shared/<str:secret>/", rounds.shared, name="shared"),
    path("review/<uuid:guid>/", include(a_round)),
]
