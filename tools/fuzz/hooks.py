"""What schemathesis has to know of Stockbook beyond openapi.json.

Requests that are right by the document get names of what is there, so that they reach further than the first check of their
input; and one that is refused all the same must be refused for what a schema cannot say.
"""

import random
import uuid

import schemathesis
from schemathesis.core.failures import Failure

# Refusals of what is right by its schema, because it depends on other fields, on what is in the database, or on the clock.
BEYOND_A_SCHEMA = {
    # other fields
    "mutually_exclusive", "missing", "repeated", "whole_numbers_only", "incomplete_head", "same_place", "zero", "negative",
    "field_of_product", "below_reorder_point", "above_max_quantity",
    # rules of numbers and texts whose schema is shared with what follows others, or that no schema says well
    "out_of_range", "too_many_decimals", "control_character", "too_many_words", "unknown_currency", "not_a_position",
    "common_password",
    # what is there
    "unknown_product", "unknown_category", "unknown_warehouse", "unknown_location", "unknown_supplier",
    "unknown_purchase_order", "unknown_goods_receipt", "unknown_line", "unknown_cost", "archived_product",
    "archived_warehouse", "ambiguous_category", "not_open", "not_open_storage", "too_many_products", "path_too_long",
    "location_required", "wrong_password", "beyond_owner", "idempotency_key_reused", "invalid_cursor", "stale_version",
    "invalid_token", "backdate_too_far", "events_expired",
    # the clock
    "in_the_past", "in_the_future",
}  # fmt: skip

# What the sample shop has.
KNOWN = {
    "sku": ["COF-ESP", "TEA-SEN", "KET-17"],
    "warehouse": ["MAIN", "NORTH"],
    "category": ["Kitchen", "Tableware"],
    "currency": ["EUR", "USD"],
    "product_id": range(1, 63),
    "category_id": range(1, 17),
    "supplier_id": range(1, 6),
    "warehouse_id": range(1, 4),
    "location_id": range(1, 10),
    "parent_id": range(1, 17),
    "line": range(1, 3),
    "line_id": range(1, 20),
}

# Of these, one.
PAIRS = [
    ("product_id", "sku"),
    ("location_id", "warehouse", "warehouse_id"),
    ("category_id", "category"),
    ("delta", "counted"),
    ("by_percent", "prices"),
    ("max_quantity", "reorder_quantity"),
]

POSITIVE = {"quantity", "moq", "order_multiple", "reorder_quantity", "reorder_point", "counted"}


def is_right(case):
    return case.meta is not None and case.meta.generation.mode.is_positive


def likely(value, pick):
    """The value with names of what is there, of which a part stays as it is."""
    if isinstance(value, list):
        return [likely(item, pick) for item in value]
    if not isinstance(value, dict):
        return value
    value = {name: likely(member, pick) for name, member in value.items()}
    for pair in PAIRS:
        given = [name for name in pair if value.get(name) is not None]
        for name in given:
            if len(given) > 1 and pick.random() < 0.9:
                kept = given[pick.randrange(len(given))]
                given = [kept]
                for other in pair:
                    if other != kept:
                        value.pop(other, None)
    for name, known in KNOWN.items():
        if isinstance(value.get(name), (str, int)) and pick.random() < 0.8:
            value[name] = pick.choice(known)
    for name in POSITIVE:
        if isinstance(value.get(name), (int, float)) and pick.random() < 0.8:
            value[name] = pick.randint(1, 20)
    return value


@schemathesis.hook
def before_call(context, case, kwargs):
    if not is_right(case):
        return
    pick = random.Random(case.id)
    if isinstance(case.body, dict):
        case.body = likely(case.body, pick)
    headers = case.headers or {}
    for name in list(headers):
        # Or all requests of a run have one key, and the first check would end them.
        if name.lower() == "idempotency-key" and pick.random() < 0.9:
            headers[name] = str(uuid.UUID(int=pick.getrandbits(128)))
        # The coverage phase fills it with 0, whatever its pattern says.
        if name.lower() == "if-match" and (headers[name] == "0" or pick.random() < 0.8):
            headers[name] = "*"


@schemathesis.hook
def filter_failure(context, failure, case, response):
    # The session comes in a header of every request, and over loopback its cookie has another name.
    return "__Host-stockbook" not in failure.message


class RefusedForItsForm(Failure):
    """What is right by the document is refused for something that the document could say."""


@schemathesis.check
def refused_for_what_a_schema_cannot_say(ctx, response, case):
    if not is_right(case) or response.status_code not in (400, 422) or case.method == "OPTIONS":
        return
    body = response.json()
    codes = {fault["code"] for fault in body.get("errors", [])} or {body["code"]}
    if codes & BEYOND_A_SCHEMA:
        return
    raise RefusedForItsForm(
        operation=case.operation.label,
        title="Right by the document, refused for its form",
        message=body["detail"],
    )


@schemathesis.check
def problems_are_problems(ctx, response, case):
    """Every refusal is a problem with a stable code, its own status, and the id of its request."""
    if response.status_code < 400 or response.status_code == 431:
        return
    kind = response.headers.get("content-type", [""])[0]
    assert kind == "application/problem+json", kind
    body = response.json()
    assert body["status"] == response.status_code, body
    assert body["type"] == f"urn:stockbook:problem:{body['code']}", body
    assert body["request_id"] == response.headers["x-request-id"][0], body
    assert ("retry-after" in response.headers) == (response.status_code in (429, 503)), response.headers
