"""Every address declares who may use it."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views import View
from rest_framework.views import APIView

from tenancy.gate import Declared, public, requires
from tests.architecture.route_checks import Route, route_faults, routes, walk


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


def faults_of(*patterns: Any) -> list[str]:
    return route_faults(walk(patterns), third_party={})


def test_every_route_declares_its_permission() -> None:
    assert len(routes()) > 40
    assert route_faults(routes()) == []


def test_names_are_unique() -> None:
    """The route × role table names routes: two of one name would hide one of them."""
    names = [route.name for route in routes()]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_planted_routes_are_found() -> None:
    class Undeclared(APIView):
        pass

    class UndeclaredPage(View):
        pass

    class UnknownRow(APIView):
        declared = Declared("Nothing", "read")

    assert faults_of(path("planted/", page)) == ["planted/: declares no permission"]
    assert faults_of(path("a/", include([path("b/", page)]))) == ["a/b/: declares no permission"]
    assert faults_of(path("planted/", Undeclared.as_view())) == ["planted/: declares no permission"]
    assert faults_of(path("planted/", UndeclaredPage.as_view())) == ["planted/: declares no permission"]
    assert faults_of(path("planted/", UnknownRow.as_view())) == [
        "planted/: 'Nothing', 'read' is not a row of the matrix"
    ]
    assert faults_of(path("a/", requires("Class grid", "read")(page)), path("b/", public("why")(page))) == []


def test_permission_of_an_unknown_row_cannot_be_declared() -> None:
    with pytest.raises(LookupError, match="not a row of permissions"):
        requires("Class grid", "delete")


def test_allow_list_does_not_go_stale() -> None:
    gone = [route for route in routes() if route.name != "account_login"]
    assert route_faults(gone) == ["account_login: allowed, but there is no such route"]
    left = Route("x/", "account_login", public("ours now")(page))
    assert "account_login: allowed, but there is no such route" in route_faults([*gone, left])
