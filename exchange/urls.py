"""Downloads."""

from django.urls import path

from exchange import views

app_name = "exchange"

urlpatterns = [
    path("quotes.csv", views.quotes_csv, name="quotes_csv"),
    path("compare.csv", views.compare_csv, name="compare_csv"),
    path("figures/<slug:name>.<slug:ending>", views.figure, name="figure"),
    path("data-dictionary/", views.data_dictionary, name="data_dictionary"),
]
