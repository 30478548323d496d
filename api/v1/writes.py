"""Writes of the API: evidence, and the status preview that writes nothing."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, PolymorphicProxySerializer, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from api import answers
from api.parsers import BulkJSONParser
from api.permissions import actor_of
from api.v1 import serializers
from api.v1.evidence import record_rows
from api.v1.preview_serializers import PreviewAnswerSerializer, PreviewSerializer
from api.v1.views import DeclaredView
from assessments.pieces import RowResult
from milestones.day import the_day
from status_engine import Context, EvidenceErrors, PolicyErrors, preview
from tenancy.errors import Conflict, Invalid
from tenancy.gate import Declared

PROBLEM = OpenApiResponse(serializers.ProblemSerializer, description="What is wrong, with the value and the fix")
KEY = OpenApiParameter(
    "Idempotency-Key",
    str,
    OpenApiParameter.HEADER,
    description="Up to 255 characters; the answer is kept for 24 hours.",
)
ONE_OR_MANY = PolymorphicProxySerializer(
    component_name="EvidenceOneOrMany",
    serializers=[serializers.EvidenceSerializer, serializers.EvidenceSerializer(many=True)],
    resource_type_field_name=None,
    many=False,
)


class EvidenceIn(DeclaredView, APIView):
    declared = Declared("Evidence", "create")
    parser_classes = [BulkJSONParser]

    @extend_schema(
        operation_id="evidence_create",
        parameters=[KEY],
        request=ONE_OR_MANY,
        responses={
            200: serializers.EvidenceResultSerializer,
            201: serializers.RowResultSerializer,
            (400, "application/problem+json"): PROBLEM,
        },
    )
    def post(self, request: Request) -> Response:
        """Record one piece (201, or 200 when it was there before), or a list of up to 5,000 with a result per row."""
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return self._record(request)
        if len(key) > 255 or not key.isprintable():
            text = "Idempotency-Key is longer than 255 characters or not printable. Use a short random text"
            raise Invalid([{"field": "Idempotency-Key", "code": "too_long", "message": text}])
        client: Any = request.user.pk
        data = request.data  # parsed before the body is hashed: a broken body is never remembered
        wanted = answers.request_hash("POST", request.path, repr(data).encode())
        known = answers.remembered_answer(client, key, wanted)
        if known is not None and known.status is not None:
            return Response(known.body, status=known.status, headers={"Idempotent-Replayed": "true"})
        response = self._record(request)
        answers.remember_answer(client, key, response.status_code, response.data)
        return response

    def _record(self, request: Request) -> Response:
        data = request.data
        if isinstance(data, list):
            results = record_rows(actor_of(request), data)
            return Response({**_counts(results), "results": [_result(result) for result in results]})
        result = record_rows(actor_of(request), [data])[0]
        if result.outcome == "rejected":
            _refuse(result)
        return Response(_result(result), status=201 if result.outcome == "created" else 200)


class StatusPreview(DeclaredView, APIView):
    declared = Declared("Level calculation policy", "read")

    @extend_schema(
        operation_id="status_preview",
        request=PreviewSerializer,
        responses={200: PreviewAnswerSerializer, (400, "application/problem+json"): PROBLEM},
    )
    def post(self, request: Request) -> Response:
        """Try a policy on some evidence. Nothing is stored."""
        data = request.data
        if (
            not isinstance(data, dict)
            or not isinstance(data.get("policy"), dict)
            or not isinstance(data.get("evidence"), list)
        ):
            text = 'Send {"policy": {…}, "evidence": […]}'
            raise Invalid([{"field": "", "code": "invalid", "message": text}])
        unknown = sorted(set(data) - {"policy", "evidence"})
        if unknown:
            text = f"{unknown[0][:40]} is not a key here. Use policy and evidence"
            raise Invalid([{"field": unknown[0][:40], "code": "unknown_field", "message": text}])
        if len(data["evidence"]) > 1_000:
            text = f"evidence has {len(data['evidence'])} rows. Send up to 1000"
            raise Invalid([{"field": "evidence", "code": "too_many", "message": text}])
        try:
            return Response(preview(data["policy"], data["evidence"], _today()))
        except PolicyErrors as error:
            raise Invalid(_problems(error.errors)) from error
        except EvidenceErrors as error:
            raise Invalid(_problems(error.errors)) from error


def _today() -> Context:
    """The day and term that stored levels are judged by, so that a rule that counts days answers here as it does there.

    Nobody is meant by a preview, so no prerequisites are open. Two queries.
    """
    day = the_day()
    return Context(as_of=day.begins_at, term_start=day.term_start)


def _problems(errors: Any) -> list[dict[str, str]]:
    return [{"field": field, "code": "invalid", "message": message} for field, message in errors]


def _counts(results: list[RowResult]) -> dict[str, int]:
    outcomes = [result.outcome for result in results]
    return {outcome: outcomes.count(outcome) for outcome in ("created", "unchanged", "rejected")}


def _result(result: RowResult) -> dict[str, Any]:
    data: dict[str, Any] = {"index": result.n, "outcome": result.outcome, "id": result.public_id}
    if result.problems:
        data["errors"] = [{"field": p.field, "code": p.code, "message": p.message} for p in result.problems]
    return data


def _refuse(result: RowResult) -> None:
    if result.problems[0].code == "conflict":
        raise Conflict(result.problems[0].message, field="source_id")
    raise Invalid([{"field": p.field, "code": p.code, "message": p.message} for p in result.problems])
