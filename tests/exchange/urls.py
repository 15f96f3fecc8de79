from django.urls import include, path

urlpatterns = [path("", include("exchange.urls"))]
