"""The self-review's roads."""

from django.urls import include, path

from selfreview.views import answer, invitations, plan, questionnaire, reconcile, rounds, start, takeaway, team

app_name = "selfreview"

a_question = [
    # /review/<guid>/<section>/<position>/
    path("", answer.question, name="question"),
    path("view/", answer.view, name="view"),
    path("history/", answer.history, name="history"),
    path("history/<int:number>/restore/", answer.restore, name="restore"),
]
a_round = [
    # /review/<guid>/
    path("", start.task_list, name="task_list"),
    path("link/", start.link, name="link"),
    path("link/<str:secret>/", start.new_link, name="new_link"),
    path("claim/", start.claim, name="claim"),
    path("team/", team.team, name="team"),
    path("team/name/", team.rename, name="rename"),
    path("team/invite/", invitations.invite, name="invite"),
    path("team/invitations/<uuid:invitation>/renew/", invitations.renew, name="renew_invitation"),
    path("team/invitations/<uuid:invitation>/revoke/", invitations.revoke_invitation, name="revoke_invitation"),
    path("team/invitations/<uuid:invitation>/<str:secret>/", invitations.new_invitation, name="new_invitation"),
    path("team/lead/", team.ask_lead, name="ask_lead"),
    path("team/<uuid:member>/role/", team.change_role, name="change_role"),
    path("team/<uuid:member>/remove/", team.remove, name="remove"),
    path("team/<uuid:member>/lead/", team.answer_lead, name="answer_lead"),
    path("delete/", team.delete, name="delete"),
    path("profile/", plan.profile, name="profile"),
    path("actions/", plan.actions, name="actions"),
    path("actions/<uuid:action>/", plan.action, name="action"),
    path("actions/<uuid:action>/delete/", plan.delete_action, name="delete_action"),
    path("views/", reconcile.views, name="views"),
    path("views/gather/", reconcile.gather, name="gather"),
    path("views/open/", reconcile.open_views, name="open_views"),
    path("views/pen/", reconcile.pen, name="pen"),
    path("benchmark/", plan.benchmark, name="benchmark"),
    path("benchmark/join/", plan.join_benchmark, name="join_benchmark"),
    path("rounds/", rounds.rounds, name="rounds"),
    path("rounds/close/", rounds.close, name="close"),
    path("rounds/next/", rounds.begin_next, name="begin_next"),
    path("rounds/<int:number>/", rounds.compare_rounds, name="compare_rounds"),
    path("share/", rounds.share, name="share"),
    path("share/<uuid:link>/revoke/", rounds.revoke, name="revoke"),
    path("share/<uuid:link>/<str:secret>/", rounds.new_share, name="new_share"),
    path("report.docx", takeaway.report, name="report"),
    path("answers/", takeaway.answers, name="answers"),
    path("answers.csv", takeaway.answers_csv, name="answers_csv"),
    path("answers.json", takeaway.answers_json, name="answers_json"),
    path("everything.json", takeaway.everything_json, name="everything_json"),
    path("<slug:section>/<int:position>/", include(a_question)),
]
urlpatterns = [
    # /questionnaire/
    path("questionnaire/", questionnaire.questionnaire, name="questionnaire"),
    path("questionnaire/paper/", questionnaire.paper, name="paper"),
    path("questionnaire/<slug:slug>/", questionnaire.questionnaire, name="questionnaire_of"),
    path("questionnaire/<slug:slug>/paper/", questionnaire.paper, name="paper_of"),
    # /review/
    path("review/", start.start, name="start"),
    path("review/leave/", start.leave, name="leave"),
    path("review/return/<str:secret>/", start.come_back, name="come_back"),
    path("review/invitation/<str:secret>/", invitations.invitation, name="invitation"),
    path("review/invited/<uuid:guid>/", invitations.invited, name="invited"),
    path("review/shared/<str:secret>/", rounds.shared, name="shared"),
    path("review/<uuid:guid>/", include(a_round)),
]
