"""Reading what pages print: text, prices, units, telephone numbers, tax codes, ids, days, counts. Pure functions."""

from connectors.clean.dates import day
from connectors.clean.numerals import number
from connectors.clean.person_ids import mask_person_ids, person_ids, replace_person_ids
from connectors.clean.plain_text import decoded, fold, html_to_text, text
from connectors.clean.prices import Price, PriceStatus, price
from connectors.clean.tax_codes import TaxCode, tax_code
from connectors.clean.telephones import phone, phones
from connectors.clean.units import per_kg, unit

__all__ = [
    "Price",
    "PriceStatus",
    "TaxCode",
    "day",
    "decoded",
    "fold",
    "html_to_text",
    "mask_person_ids",
    "number",
    "per_kg",
    "person_ids",
    "phone",
    "phones",
    "price",
    "replace_person_ids",
    "tax_code",
    "text",
    "unit",
]
