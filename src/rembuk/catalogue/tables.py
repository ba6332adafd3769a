"""Rows of the catalogue of works (kamus usulan): what a thing costs per unit, by year."""

from piccolo.columns import UUID, BigInt, Boolean, Integer, Text
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class CatalogueItem(Table, tablename="catalogue_item"):
    """One work or good with its unit and unit price in whole rupiah."""

    id = UUID(primary_key=True, default=UUID4())
    city = Text(required=True)
    key = Text(required=True)
    name = Text(required=True)
    unit = Text(required=True)
    unit_price = BigInt(required=True)
    issue = Text(default="", help_text="waste | clean_water | flood | empty for all")
    year = Integer(required=True)
    illustrative = Boolean(default=False)

    catalogue_item_once = Unique([city, key, year], name="catalogue_item_once")
    catalogue_item_priced = Check("unit_price > 0", name="catalogue_item_priced")
