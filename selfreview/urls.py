"""The self-review's roads."""

from django.urls import path

from selfreview import views

app_name = "selfreview"
urlpatterns = [path("questionnaire/", views.questionnaire, name="questionnaire")]
