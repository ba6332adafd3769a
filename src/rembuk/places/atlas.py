"""The whole city in memory: every area by code, by slug and by parent, with outlines and figures. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rembuk.errors import Refused
from rembuk.places.geometry import Frame, Shape, holder
from rembuk.places.rules import Area, Level, Refusal, Statistic, ancestors, covers, slugged


@dataclass(frozen=True)
class Atlas:
    """Every area valid now; one is made when a process first asks and kept until the areas change."""

    areas: Mapping[str, Area] = field(default_factory=dict)
    shapes: Mapping[str, Shape] = field(default_factory=dict)
    figures: Mapping[tuple[str, str, int], Statistic] = field(default_factory=dict)
    frame: Frame | None = None
    attribution: str = ""

    @classmethod
    def of(
        cls,
        areas: Iterable[Area],
        shapes: Iterable[Shape] = (),
        figures: Iterable[Statistic] = (),
        frame: Frame | None = None,
        attribution: str = "",
    ) -> "Atlas":
        """An atlas from loose parts."""
        return cls(
            {area.code: area for area in sorted(areas, key=lambda area: area.code)},
            {shape.code: shape for shape in shapes},
            {(figure.area, figure.name, figure.year): figure for figure in figures},
            frame,
            attribution,
        )

    @cached_property
    def below(self) -> dict[str, tuple[Area, ...]]:
        """The areas right under each area, in order of code."""
        found: dict[str, list[Area]] = {}
        for area in self.areas.values():
            found.setdefault(area.parent or "", []).append(area)
        return {code: tuple(areas) for code, areas in found.items()}

    @cached_property
    def slugs(self) -> dict[tuple[Level, str], Area]:
        """City, kecamatan and kelurahan by level and slug; RW slugs repeat, so they are not here."""
        named = (area for area in self.areas.values() if area.level is not Level.RW)
        return {(area.level, area.slug): area for area in named}

    def area(self, code: str) -> Area:
        """The area of a code; Refused(UNKNOWN_AREA) when there is none."""
        if code not in self.areas:
            raise Refused(Refusal.UNKNOWN_AREA)
        return self.areas[code]

    def by_slug(self, slug: str, level: Level) -> Area:
        """The area of a slug; Refused(UNKNOWN_AREA) when there is none."""
        if found := self.slugs.get((level, slug)):
            return found
        raise Refused(Refusal.UNKNOWN_AREA)

    def at(self, level: Level, within: str = "") -> tuple[Area, ...]:
        """The areas of a level inside an area (the whole city when none is named), in order of code."""
        return tuple(a for a in self.areas.values() if a.level is level and covers(within, a.code))

    def line(self, code: str) -> tuple[Area, ...]:
        """The areas from the city down to this one, itself included; unknown ones are left out."""
        return tuple(self.areas[above] for above in (*ancestors(code), code) if above in self.areas)

    def label(self, code: str) -> str:
        """How people say where it is: "RW 07 Rancabolang", "Kelurahan Rancabolang", "Kecamatan Gedebage"."""
        if code not in self.areas:
            return code
        area = self.areas[code]
        kelurahan = self.areas.get(area.parent or "")
        return f"{area.name} {kelurahan.name}" if kelurahan and area.level is Level.RW else area.title

    def named(self, words: str) -> list[str]:
        """The kelurahan and RW that go by what a person typed: a code, "RW 05 Rancabolang", "Rancabolang"."""
        if words in self.areas and self.areas[words].level in (Level.KELURAHAN, Level.RW):
            return [words]
        wanted = slugged(words).removeprefix("kelurahan-")
        if found := self._villages(wanted):
            return found
        number, _, village = wanted.removeprefix("rw-").partition("-")
        ends = f".{number.zfill(3)}"
        return [
            area.code
            for home in self._villages(village)
            for area in self.at(Level.RW, home)
            if area.code.endswith(ends)
        ]

    def _villages(self, slug: str) -> list[str]:
        return [area.code for area in self.at(Level.KELURAHAN) if slug and slugged(area.name) == slug]

    def outlines(self, level: Level, within: str = "") -> tuple[Shape, ...]:
        """The outlines of a level inside an area; areas without one are left out."""
        return tuple(self.shapes[a.code] for a in self.at(level, within) if a.code in self.shapes)

    def amounts(self, name: str, year: int, level: Level, within: str = "") -> dict[str, int]:
        """One figure for every area of a level that has it."""
        keys = {area.code: (area.code, name, year) for area in self.at(level, within)}
        return {code: self.figures[key].amount for code, key in keys.items() if key in self.figures}

    def of_area(self, code: str) -> tuple[Statistic, ...]:
        """Every figure about one area, by name and year."""
        mine = [figure for key, figure in self.figures.items() if key[0] == code]
        return tuple(sorted(mine, key=lambda figure: (figure.name, figure.year)))

    def kelurahan_at(self, latitude: float, longitude: float) -> Area | None:
        """The kelurahan whose outline holds a point, or None; borders are for display, never legal."""
        if self.frame is None:
            return None
        code = holder(self.outlines(Level.KELURAHAN), *self.frame.point(latitude, longitude))
        return self.areas[code] if code else None
