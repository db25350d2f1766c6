from django.urls import path

from qwaya import health, views

urlpatterns = [
    path("", views.home),
    path("api/campaigns", views.campaigns),
    path("api/campaigns/<int:campaign>", views.one_campaign),
    path("health", health.light),
    path("health/deep", health.deep),
]
