"""Downloads."""

from django.urls import path

from exchange.views import files, pages, tables

app_name = "exchange"

urlpatterns = [
    # CSV
    path("quotes.csv", tables.quotes_csv, name="quotes_csv"),
    path("compare.csv", tables.compare_csv, name="compare_csv"),
    path("schools.csv", tables.schools_csv, name="schools_csv"),
    path("findings.csv", tables.findings_csv, name="findings_csv"),
    path("codebooks/<slug:slug>.csv", tables.codebook_csv, name="codebook_csv"),
    # files of other programs
    path("quotes.xlsx", files.quotes_xlsx, name="quotes_xlsx"),
    path("codebooks/<slug:slug>.qdc", files.codebook_qdc, name="codebook_qdc"),
    path("study/<slug:slug>.qdpx", files.study_qdpx, name="study_qdpx"),
    path("study/<slug:slug>/datapackage.zip", files.study_datapackage, name="study_datapackage"),
    # pages
    path("data-dictionary/", pages.data_dictionary, name="data_dictionary"),
]
