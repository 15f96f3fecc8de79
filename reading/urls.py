"""The roads that everyone may take."""

from django.urls import path

from reading.views import cases, codes, compare, findings, pages, quotes

app_name = "reading"
site_roads = [
    # /
    path("", pages.home, name="home"),
    path("accessibility/", pages.accessibility, name="accessibility"),
    path("privacy/", pages.privacy, name="privacy"),
    path("styleguide/", pages.styleguide, name="styleguide"),
    path("studies/", pages.studies, name="studies"),
    # /gateways/: the codebook of the front study
    path("gateways/", codes.gateways, name="gateways"),
    path("gateways/<slug:slug>/", codes.gateway_page, name="gateway_page"),
]
# Each published study has these; those of the front study lie at /, those of others at /studies/<slug>/.
study_roads = [
    path("glossary/", pages.glossary, name="glossary"),
    # schools/
    path("schools/", cases.schools, name="schools"),
    path("schools/like-mine/", cases.like_mine, name="like_mine"),
    path("schools/<slug:slug>/", cases.case_page, name="case_page"),
    path("compare/", compare.compare, name="compare"),
    # quotes/
    path("quotes/", quotes.quotes, name="quotes"),
    path("quotes/<uuid:guid>/", quotes.quote_page, name="quote_page"),
    # codebooks/
    path("codebooks/", codes.codebooks, name="codebooks"),
    path("codebooks/<slug:slug>/", codes.codebook_page, name="codebook_page"),
    path("codebooks/<slug:codebook>/<slug:slug>/", codes.code_page, name="code_page"),
    path("codebooks/<slug:codebook>/<slug:slug>/report/", codes.code_report, name="code_report"),
    # findings/
    path("findings/", findings.findings, name="findings"),
    path("findings/<slug:slug>/", findings.finding_page, name="finding_page"),
]
urlpatterns = [*site_roads, path("about/", pages.about, name="about"), *study_roads]
