"""What may be asked for: the parameters of every operation, read strictly.

The descriptions are those of the OpenAPI document; what the types allow is what is accepted.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType
from werkzeug.datastructures import MultiDict

from connectors import REGISTRY
from marketplace import places
from marketplace.api.problems import Refused
from marketplace.api.shapes import Kind, Side
from marketplace.catalogue import categories
from marketplace.catalogue.facets import UNKNOWN
from marketplace.catalogue.filters import values_of
from marketplace.places import nearness

if TYPE_CHECKING:  # the values are those of this installation: a type checker sees texts
    SourceSlug: TypeAlias = str
    DistrictCode: TypeAlias = str
    UnitCode: TypeAlias = str
    GroupCode: TypeAlias = str
    PlaceCode: TypeAlias = str
    DistrictFacet: TypeAlias = str
    UnitFacet: TypeAlias = str
    GroupFacet: TypeAlias = str
    CertificateFacet: TypeAlias = str
    PriceFacet: TypeAlias = str
    StockFacet: TypeAlias = str
else:
    SourceSlug = Literal[tuple(REGISTRY)]
    DistrictCode = Literal[tuple(code for code, _ in places.districts())]
    UnitCode = Literal[tuple(code for code, _ in places.units(long_an_only=False))]
    GroupCode = Literal[tuple(group.code for group in categories.groups())]
    PlaceCode = Literal[tuple(nearness.starts())]
    DistrictFacet = Literal[values_of("district")]
    UnitFacet = Literal[values_of("unit")]
    GroupFacet = Literal[values_of("category")]
    CertificateFacet = Literal[values_of("certificate")]
    PriceFacet = Literal[values_of("price")]
    StockFacet = Literal[values_of("stock")]

MAX_LIMIT = 200
MAX_ID = 2**31 - 1
T = TypeVar("T", bound=Struct)

Limit = Annotated[int, Meta(ge=1, le=MAX_LIMIT, description="how many at most")]
_CHANGED_SINCE = Meta(
    tz=True,
    description="only what changed, was put right, went (then with `gone_since`) or came back then or later: "
    "an ISO 8601 time with its zone (`+` is written `%2B`)",
)


class Nothing(Struct, forbid_unknown_fields=True):
    """An operation without parameters."""


class ListAsked(Struct, forbid_unknown_fields=True, kw_only=True):
    """What every list takes. The cursor is opaque: take it out of `next`, better still follow `next` itself."""

    source: Annotated[SourceSlug, Meta(description="only of this marketplace")] | UnsetType = UNSET
    district: Annotated[DistrictCode, Meta(description="only of this old district of Long An")] | UnsetType = UNSET
    unit: Annotated[UnitCode, Meta(description="only of this unit of Tây Ninh since 2025-07-01")] | UnsetType = UNSET
    changed_since: Annotated[datetime, _CHANGED_SINCE] | UnsetType = UNSET
    limit: Limit = 50
    cursor: (
        Annotated[str, Meta(pattern=r"^[0-9]{1,16}\.[0-9]{1,10}$", description="where to go on, out of `next`")]
        | UnsetType
    ) = UNSET

    @property
    def since(self) -> datetime | None:
        """`changed_since` in UTC; what lies outside the calendar is the calendar's end."""
        if isinstance(self.changed_since, UnsetType):
            return None
        try:
            return self.changed_since.astimezone(UTC)
        except OverflowError:
            limit = datetime.min if self.changed_since.year == 1 else datetime.max
            return limit.replace(tzinfo=UTC)


class ListingsAsked(ListAsked, kw_only=True):
    """Which listings."""

    group: Annotated[GroupCode, Meta(description="only of this product group")] | UnsetType = UNSET
    seller: Annotated[int, Meta(ge=1, le=MAX_ID, description="only of this seller")] | UnsetType = UNSET


class SellersAsked(ListAsked, kw_only=True):
    """Which sellers."""


class RequestsAsked(ListAsked, kw_only=True):
    """Which posts."""

    group: Annotated[GroupCode, Meta(description="only of this product group")] | UnsetType = UNSET
    side: Annotated[Side, Meta(description="only posts of this kind")] | UnsetType = UNSET
    open: Annotated[bool, Meta(description="only those that have not expired, or only those that have")] | UnsetType = (
        UNSET
    )


class SearchAsked(Struct, forbid_unknown_fields=True, kw_only=True):
    """A search. A filter given several times passes any of its values; several filters must all be passed."""

    q: Annotated[str, Meta(max_length=200, description="words, “phrases in quotes”, -words that must not be there")] = (
        ""
    )
    kind: Annotated[list[Kind], Meta(description="which kinds of records")] = []
    source: Annotated[list[SourceSlug], Meta(description="which marketplaces")] = []
    group: Annotated[list[GroupFacet], Meta(description=f"product groups; `{UNKNOWN}`: not known")] = []
    district: Annotated[list[DistrictFacet], Meta(description=f"old districts of Long An; `{UNKNOWN}`: not known")] = []
    unit: Annotated[list[UnitFacet], Meta(description=f"units since 2025-07-01; `{UNKNOWN}`: not known")] = []
    certificate: Annotated[list[CertificateFacet], Meta(description="certificates, mere claims among them")] = []
    price: Annotated[list[PriceFacet], Meta(description="bands of the price a kilogram, in thousands of ₫")] = []
    stock: Annotated[list[StockFacet], Meta(description="whether it is in stock, as the marketplace says")] = []
    seen_within: (
        Annotated[Literal["1", "3", "7", "30"], Meta(description="seen on its marketplace in the last days")]
        | UnsetType
    ) = UNSET
    exact: Annotated[bool, Meta(description="only the letters as typed, nothing else read into them")] = False
    sort: Annotated[Literal["relevance", "price", "newest"], Meta(description="the order of the hits")] = "relevance"
    near: (
        Annotated[PlaceCode, Meta(description="an old district or a unit: the nearest first, whatever `sort` says")]
        | UnsetType
    ) = UNSET
    facet: Annotated[
        list[Literal["kind", "source", "group", "district", "unit", "certificate", "price", "stock"]],
        Meta(description="which counts to tell"),
    ] = []
    limit: Limit = 20
    cursor: Annotated[str, Meta(pattern=r"^[0-9]{1,4}$", description="where to go on, out of `next`")] | UnsetType = (
        UNSET
    )


class StatsAsked(Struct, forbid_unknown_fields=True, kw_only=True):
    """How far an “update” may lie back."""

    days: Annotated[Literal["30", "60", "90", "180"], Meta(description="days an update may lie back")] = "30"


def read(asked: type[T], args: MultiDict[str, str]) -> T:
    """The parameters of an address. Raises Refused, which names the parameter and says what it takes."""
    schemas = parameter_schemas(asked)
    told: dict[str, Any] = {}
    for name, values in args.lists():
        if name not in schemas:
            known = ", ".join(schemas) or "none"
            raise Refused("unknown-parameter", name[:80], f"This operation takes: {known}.")
        if schemas[name].get("type") == "array":
            told[name] = list(dict.fromkeys(values))
        elif len(values) > 1:
            raise Refused("bad-parameter", name, f"{name} is given more than once.")
        else:
            told[name] = _value(values[0], schemas[name])
        try:
            msgspec.convert({name: told[name]}, asked)
        except msgspec.ValidationError as error:
            raise Refused("bad-parameter", name, f"{name}: expected {_wanted(schemas[name])}.") from error
    return msgspec.convert(told, asked)


def parameter_schemas(asked: type[Struct]) -> dict[str, dict[str, Any]]:
    """The JSON schema of every parameter, by name."""
    _, components = msgspec.json.schema_components([asked], ref_template="{name}")
    properties: dict[str, dict[str, Any]] = components[asked.__name__].get("properties", {})
    return properties


def _value(text: str, schema: dict[str, Any]) -> Any:
    """The text as the type the parameter has; what can't be that stays a text, and is refused."""
    if schema.get("type") == "integer" and re.fullmatch(r"[0-9]{1,15}", text):
        return int(text)
    if schema.get("type") == "boolean" and text in ("true", "false"):
        return text == "true"
    return text


def _wanted(schema: dict[str, Any]) -> str:
    """What a parameter takes, in words."""
    if schema.get("type") == "array":
        return _wanted(schema["items"])
    if "enum" in schema:
        return f"one of {', '.join(map(str, schema['enum']))}"
    if schema.get("type") == "integer":
        return f"a whole number from {schema['minimum']} to {schema['maximum']}"
    if schema.get("type") == "boolean":
        return "true or false"
    if schema.get("format") == "date-time":
        return "an ISO 8601 time with its zone, such as 2026-11-23T10:00:00Z (+07:00 is written %2B07:00)"
    if "pattern" in schema:
        return "the cursor out of a “next” address"
    return f"a text of at most {schema['maxLength']} characters"
