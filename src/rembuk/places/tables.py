"""Rows of areas: an area keeps its row when its name or border changes, with the dates it was valid."""

from piccolo.columns import UUID, BigInt, Date, ForeignKey, Integer, Text
from piccolo.columns.base import OnDelete
from piccolo.columns.defaults.uuid import UUID4
from piccolo.constraints import Check, Unique
from piccolo.table import Table


class CityPack(Table, tablename="city_pack"):
    """The pack a city was read from: its version, its words of attribution, and the frame of its map."""

    id = UUID(primary_key=True, default=UUID4())
    code = Text(required=True, unique=True)
    version = Text(required=True)
    sha256 = Text(required=True, help_text="of pack.json, which holds the hash of every other file")
    name = Text(required=True)
    attribution = Text(required=True)
    frame = Text(required=True, help_text="view box and projection, canonical JSON, numbers as text")


class Area(Table, tablename="area"):
    """One area: city, kecamatan, kelurahan or RW; `code` is the ministry's, extended by ".007" for an RW."""

    id = UUID(primary_key=True, default=UUID4())
    code = Text(required=True)
    level = Text(required=True)
    name = Text(required=True)
    slug = Text(required=True)
    parent = Text(null=True, index=True)
    bps_code = Text(null=True, default=None)
    valid_from = Date(required=True)
    valid_to = Date(null=True, default=None)

    area_code_from = Unique([code, valid_from], name="area_code_from")
    area_level_known = Check("level IN ('city', 'kecamatan', 'kelurahan', 'rw')", name="area_level_known")


class AreaShape(Table, tablename="area_shape"):
    """The outline of an area as an SVG path in the pack's view box, and where its label sits."""

    id = UUID(primary_key=True, default=UUID4())
    area = ForeignKey(Area, null=False, index=True, on_delete=OnDelete.restrict, unique=True)
    path = Text(required=True)
    label_x = Integer(required=True, help_text="tenths of a view box unit")
    label_y = Integer(required=True, help_text="tenths of a view box unit")


class AreaStatistic(Table, tablename="area_statistic"):
    """One published figure about an area, with its year and source."""

    id = UUID(primary_key=True, default=UUID4())
    area = ForeignKey(Area, null=False, index=True, on_delete=OnDelete.restrict)
    name = Text(required=True)
    year = Integer(required=True)
    amount = BigInt(required=True)
    source = Text(required=True)
    flag = Text(default="")

    area_statistic_once = Unique([area, name, year], name="area_statistic_once")
