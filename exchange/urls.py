"""Downloads."""

from django.urls import path

from exchange import views

app_name = "exchange"

urlpatterns = [
    path("quotes.csv", views.quotes_csv, name="quotes_csv"),
    path("compare.csv", views.compare_csv, name="compare_csv"),
    path("codebooks/<slug:codebook>/<slug:slug>/report.csv", views.code_report_csv, name="code_report_csv"),
    path("codebooks/<slug:codebook>/<slug:slug>/report.docx", views.code_report_word, name="code_report_word"),
    path("figures/<slug:name>.<slug:ending>", views.figure, name="figure"),
    path("data-dictionary/", views.data_dictionary, name="data_dictionary"),
]
