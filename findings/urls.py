"""The roads of the workbench. All are for people who are signed in."""

from django.urls import include, path

from findings.views import (
    again,
    agreement,
    audit,
    cases,
    codebook,
    codes,
    coding,
    desks,
    framework,
    imports,
    matrices,
    offers,
    people,
    queries,
    reports,
    saving,
    side_by_side,
    studies,
    words,
)

app_name = "workbench"
a_code = [
    # /workbench/<guid>/codes/<code>/
    path("", codes.code, name="code"),
    path("move/", codes.move, name="move_code"),
    path("shift/", codes.shift, name="shift_code"),
    path("merge/", codes.merge, name="merge_code"),
    path("split/", codes.split, name="split_code"),
    path("retire/", codes.retire, name="retire_code"),
    path("delete/", codes.delete, name="delete_code"),
    path("history/", codes.history, name="code_history"),
    path("report/", reports.code_report, name="code_report"),
]
a_codebook = [
    # /workbench/<guid>/
    path("", codebook.codebook, name="codebook"),
    path("settings/", codebook.settings, name="settings"),
    path("delete/", codebook.delete, name="delete_codebook"),
    path("open/", codebook.open_codings, name="open_codings"),
    path("publish/", codebook.publish, name="publish"),
    path("next-version/", codebook.next_version, name="next_version"),
    path("import/", imports.import_codes, name="import_codes"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/invitations/<uuid:invitation>/withdraw/", people.withdraw, name="withdraw"),
    path("people/<uuid:member>/role/", people.change_role, name="change_role"),
    path("people/<uuid:member>/remove/", people.remove, name="remove_member"),
    path("codes/", codes.add, name="add_code"),
    path("codes/<uuid:code>/", include(a_code)),
    # Coding
    path("code/<slug:school>/", coding.coding_page, name="coding_page"),
    path("quotes/<uuid:quote>/", saving.quote, name="quote"),
    path("quotes/<uuid:quote>/code/", saving.code_passage, name="code_passage"),
    path("quotes/<uuid:quote>/note/", saving.note, name="note"),
    path("codings/<uuid:coding>/", saving.coding, name="coding"),
    path("codings/<uuid:coding>/remove/", saving.uncode, name="uncode"),
    path("codings/<uuid:coding>/merge/", saving.merge_overlapping, name="merge_overlapping"),
    path("undo/", saving.undo, name="undo"),
    path("redo/", saving.redo, name="redo"),
    path("leave/", saving.leave_as_it_is, name="leave_as_it_is"),
    # Looking at what was coded
    path("codings/", audit.codings, name="codings"),
    path("progress/", audit.progress, name="progress"),
    path("steps/", audit.steps, name="steps"),
    path("side-by-side/", side_by_side.side_by_side, name="side_by_side"),
    path("quotes/<uuid:quote>/decide/", side_by_side.decide, name="decide"),
    path("decisions/<uuid:decision>/take-back/", side_by_side.take_back, name="take_back"),
    path("accept/", side_by_side.accept_unanimous, name="accept_unanimous"),
    # Analysis; exchange/urls.py has the files of these pages
    path("agreement/", agreement.agreement, name="agreement"),
    path("matrix/", matrices.matrix, name="matrix"),
    path("together/", matrices.together, name="together"),
    path("framework/", framework.framework, name="framework"),
    path("framework/<slug:school>/<uuid:code>/", framework.summary, name="summary"),
    path("words/", words.words, name="words"),
    path("words/frequencies/", words.frequencies, name="frequencies"),
    path("quotes/", queries.quotes, name="quotes"),
    path("query/", queries.query, name="query"),
    path("query/save/", queries.save_query, name="save_query"),
    path("query/<uuid:query>/", queries.saved_query, name="saved_query"),
    path("query/<uuid:query>/delete/", queries.delete_query, name="delete_query"),
]
a_study = [
    # /workbench/studies/<guid>/
    path("", studies.study, name="study"),
    path("edit/", studies.edit_study, name="edit_study"),
    path("delete/", studies.delete_study, name="delete_study"),
    path("offer/", offers.offer, name="offer"),
    path("offer/take-back/", offers.take_back_offer, name="take_back_offer"),
    path("cases/<uuid:case>/", cases.case, name="case"),
    path("cases/<uuid:case>/edit/", cases.edit_case, name="edit_case"),
    path("cases/<uuid:case>/facts/", cases.facts, name="facts"),
    path("cases/<uuid:case>/delete/", cases.delete_case, name="delete_case"),
    path("quotes/<uuid:quote>/", cases.edit_quote, name="edit_quote"),
    path("quotes/<uuid:quote>/shift/", cases.shift_quote, name="shift_quote"),
    path("quotes/<uuid:quote>/delete/", cases.delete_quote, name="delete_quote"),
]
urlpatterns = [
    # /workbench/
    path("", desks.desks, name="desks"),
    path("start/", desks.start, name="start"),
    path("name/", desks.name, name="name"),
    path("again/", again.again, name="again"),
    path("invitation/<str:secret>/", desks.invitation, name="invitation"),
    path("studies/", studies.studies, name="studies"),
    path("studies/<uuid:guid>/", include(a_study)),
    path("offers/", offers.offers, name="offers"),
    path("offers/<uuid:guid>/", offers.offered, name="offered"),
    path("offers/<uuid:guid>/cases/<uuid:case>/", offers.offered_case, name="offered_case"),
    path("offers/<uuid:guid>/findings/", offers.offered_findings, name="offered_findings"),
    path("<uuid:guid>/", include(a_codebook)),
]
