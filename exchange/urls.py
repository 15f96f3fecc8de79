"""Downloads."""

from django.urls import path

from exchange import desk_downloads, desk_files, workbench
from exchange.views import cite, files, imports, pages, reports, tables

app_name = "exchange"

# Each published study has these; those of the front study lie at /, those of others at /studies/<slug>/.
study_roads = [
    # CSV
    path("quotes.csv", tables.quotes_csv, name="quotes_csv"),
    path("compare.csv", tables.compare_csv, name="compare_csv"),
    path("schools.csv", tables.schools_csv, name="schools_csv"),
    path("findings.csv", tables.findings_csv, name="findings_csv"),
    path("codebooks/<slug:slug>.csv", tables.codebook_csv, name="codebook_csv"),
    # of a code, of a figure
    path("codebooks/<slug:codebook>/<slug:slug>/report.csv", reports.code_report_csv, name="code_report_csv"),
    path("codebooks/<slug:codebook>/<slug:slug>/report.docx", reports.code_report_word, name="code_report_word"),
    path("figures/<slug:name>.<slug:ending>", reports.figure, name="figure"),
    # files of other programs
    path("quotes.xlsx", files.quotes_xlsx, name="quotes_xlsx"),
    path("codebooks/<slug:slug>.qdc", files.codebook_qdc, name="codebook_qdc"),
    # the page of them
    path("downloads/", pages.downloads, name="downloads"),
]
site_roads = [
    # a study as one file, by its short name
    path("study/<slug:slug>.qdpx", files.study_qdpx, name="study_qdpx"),
    path("study/<slug:slug>/datapackage.zip", files.study_datapackage, name="study_datapackage"),
    path("study-folder.zip", files.study_folder, name="study_folder"),
    # what comes in
    path("workbench/import/", imports.imports, name="imports"),
    path("workbench/import/<uuid:guid>/", imports.import_preview, name="import_preview"),
    path("workbench/import/<uuid:guid>/undo/", imports.import_undo, name="import_undo"),
    path("workbench/import/<uuid:guid>/forget/", imports.import_forget, name="import_forget"),
    # citations
    path("cite/study/<slug:slug>.<str:ending>", cite.cite_study, name="cite_study"),
    path("cite/data/<slug:slug>.<str:ending>", cite.cite_data, name="cite_data"),
    path("cite/quote/<uuid:guid>.<str:ending>", cite.cite_quote, name="cite_quote"),
    path("cite/codebook/<slug:slug>.<str:ending>", cite.cite_codebook, name="cite_codebook"),
    path("data-dictionary/", pages.data_dictionary, name="data_dictionary"),
    # Files of the workbench, for members
    path("workbench/<uuid:guid>/downloads/", desk_downloads.desk_downloads, name="desk_downloads"),
    path("workbench/<uuid:guid>/project.qdpx", desk_files.project_qdpx, name="workbench_qdpx"),
    path("workbench/<uuid:guid>/workbook.xlsx", desk_files.workbook_xlsx, name="workbench_xlsx"),
    path("workbench/<uuid:guid>/datapackage.zip", desk_files.datapackage_zip, name="workbench_datapackage"),
    path("workbench/<uuid:guid>/codebook.qdc", desk_files.codebook_qdc, name="workbench_codebook_qdc"),
    path("workbench/<uuid:guid>/codebook.csv", desk_files.codebook_csv, name="workbench_codebook_csv"),
    path("workbench/<uuid:guid>/notes.csv", desk_files.notes_csv, name="workbench_notes_csv"),
    path("workbench/<uuid:guid>/cases.csv", desk_files.cases_csv, name="workbench_cases_csv"),
    path("workbench/<uuid:guid>/findings.csv", desk_files.findings_csv, name="workbench_findings_csv"),
    path("workbench/<uuid:guid>/codings.csv", workbench.codings_csv, name="workbench_codings_csv"),
    path("workbench/<uuid:guid>/query.csv", workbench.query_csv, name="workbench_query_csv"),
    path("workbench/<uuid:guid>/<slug:name>.csv", workbench.table_csv, name="workbench_csv"),
    path("workbench/<uuid:guid>/figures/<slug:name>.<slug:ending>", workbench.figure, name="workbench_figure"),
    path("workbench/<uuid:guid>/codes/<uuid:code>/report.csv", workbench.report_csv, name="workbench_report_csv"),
    path("workbench/<uuid:guid>/codes/<uuid:code>/report.docx", workbench.report_word, name="workbench_report_word"),
]
urlpatterns = [*study_roads, *site_roads]
