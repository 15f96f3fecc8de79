from django.apps import AppConfig


class SelfReviewConfig(AppConfig):
    name = "selfreview"
    verbose_name = "What a school says of itself"
