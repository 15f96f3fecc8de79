"""Downloads."""

from django.urls import path

from exchange import views, workbench

app_name = "exchange"

urlpatterns = [
    path("quotes.csv", views.quotes_csv, name="quotes_csv"),
    path("compare.csv", views.compare_csv, name="compare_csv"),
    path("codebooks/<slug:codebook>/<slug:slug>/report.csv", views.code_report_csv, name="code_report_csv"),
    path("codebooks/<slug:codebook>/<slug:slug>/report.docx", views.code_report_word, name="code_report_word"),
    path("figures/<slug:name>.<slug:ending>", views.figure, name="figure"),
    # Files of the workbench, for members
    path("workbench/<uuid:guid>/codings.csv", workbench.codings_csv, name="workbench_codings_csv"),
    path("workbench/<uuid:guid>/query.csv", workbench.query_csv, name="workbench_query_csv"),
    path("workbench/<uuid:guid>/<slug:name>.csv", workbench.table_csv, name="workbench_csv"),
    path("workbench/<uuid:guid>/figures/<slug:name>.<slug:ending>", workbench.figure, name="workbench_figure"),
    path("workbench/<uuid:guid>/codes/<uuid:code>/report.csv", workbench.report_csv, name="workbench_report_csv"),
    path("workbench/<uuid:guid>/codes/<uuid:code>/report.docx", workbench.report_word, name="workbench_report_word"),
    path("data-dictionary/", views.data_dictionary, name="data_dictionary"),
]
