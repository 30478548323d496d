from django.urls import path

from tenancy import views

urlpatterns = [
    path("tenant/", views.switch_tenant, name="switch_tenant"),
    path("theme/", views.choose_theme, name="choose_theme"),
]
