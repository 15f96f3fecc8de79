"""Downloads."""

from django.urls import path

from exchange.views import files, pages, tables

app_name = "exchange"

urlpatterns = [
    # CSV
    path("quotes.csv", tables.quotes_csv, name="quotes_csv"),
    path("compare.csv", tables.compare_csv, name="compare_csv"),
    # files of other programs
    path("codebooks/<slug:slug>.qdc", files.codebook_qdc, name="codebook_qdc"),
    path("study/<slug:slug>.qdpx", files.study_qdpx, name="study_qdpx"),
    # pages
    path("data-dictionary/", pages.data_dictionary, name="data_dictionary"),
]
