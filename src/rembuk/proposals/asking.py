"""What a visitor asks of the list, read from an address and written back into one. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import urlencode
from uuid import UUID

from rembuk.money import parse_rupiah
from rembuk.places.atlas import Atlas
from rembuk.places.rules import Area, Level
from rembuk.proposals.listing import Filters, Order
from rembuk.proposals.rules import ADDRESS_OF_ISSUE, ISSUE_IN_ADDRESS, Issue, Status
from rembuk.proposals.words import fold

LONGEST_QUERY = 100
MOST_WORDS = 8
LAST_PAGE = 10_000


@dataclass(frozen=True)
class Asked:
    """One question to the list; what could not be read is left out, and sums say why in `faults`."""

    query: str = ""
    issues: tuple[Issue, ...] = ()
    kecamatan: Area | None = None
    kelurahan: Area | None = None
    rw: Area | None = None
    statuses: tuple[Status, ...] = ()
    cheapest: int | None = None
    dearest: int | None = None
    order: Order | None = None
    page: int = 1
    round: str = ""
    faults: Mapping[str, str] = field(default_factory=dict)

    @property
    def area(self) -> Area | None:
        """The smallest area chosen."""
        return self.rw or self.kelurahan or self.kecamatan

    @property
    def filtered(self) -> bool:
        """Whether anything but the kecamatan narrows the list."""
        sums = self.cheapest is not None or self.dearest is not None
        return bool(self.query or self.issues or self.kelurahan or self.statuses or sums)

    def filters(self, cycle: UUID) -> Filters:
        """The same question as the store takes it."""
        return Filters(
            cycle=cycle,
            words=tuple(fold(self.query).split()[:MOST_WORDS]),
            issues=self.issues,
            area=self.area.code if self.area else "",
            statuses=self.statuses,
            cheapest=self.cheapest,
            dearest=self.dearest,
        )

    def address(self, **changes: object) -> str:
        """The question as a shareable query string, with these fields changed; a new one starts at page 1."""
        asked = replace(self, **{"page": 1} | changes)  # type: ignore[arg-type]
        pairs: list[tuple[str, str]] = [("siklus", asked.round)] if asked.round else []
        pairs += [("q", asked.query)] if asked.query else []
        pairs += [("isu", ADDRESS_OF_ISSUE[issue]) for issue in asked.issues]
        pairs += [("kec", asked.kecamatan.slug)] if asked.kecamatan else []
        pairs += [("kel", asked.kelurahan.slug)] if asked.kelurahan else []
        pairs += [("rw", asked.rw.number)] if asked.rw else []
        pairs += [("status", status.value) for status in asked.statuses]
        pairs += [("dari", str(asked.cheapest))] if asked.cheapest is not None else []
        pairs += [("sampai", str(asked.dearest))] if asked.dearest is not None else []
        pairs += [("urut", asked.order.value)] if asked.order else []
        pairs += [("halaman", str(asked.page))] if asked.page > 1 else []
        return f"?{urlencode(pairs)}" if pairs else "?"


def read(given: Mapping[str, list[str]], atlas: Atlas) -> Asked:
    """The question in an address; unknown words are left out rather than refused."""

    def last(name: str) -> str:
        return (given.get(name) or [""])[-1].strip()

    kecamatan = atlas.slugs.get((Level.KECAMATAN, last("kec")))
    kelurahan = _below(atlas, kecamatan, "slug", last("kel"))
    cheapest, dearest = _sum(last("dari")), _sum(last("sampai"))
    return Asked(
        query=last("q")[:LONGEST_QUERY],
        issues=tuple(ISSUE_IN_ADDRESS[word] for word in ISSUE_IN_ADDRESS if word in given.get("isu", ())),
        kecamatan=kecamatan,
        kelurahan=kelurahan,
        rw=_below(atlas, kelurahan, "number", last("rw")),
        statuses=tuple(status for status in Status if status.value in given.get("status", ())),
        cheapest=cheapest,
        dearest=dearest,
        order=Order(last("urut")) if last("urut") in set(Order) else None,
        page=_page(last("halaman")),
        round=last("siklus")[:80],
        faults=_faults(last("dari"), cheapest) | _faults(last("sampai"), dearest, "dearest"),
    )


def _below(atlas: Atlas, parent: Area | None, name: str, wanted: str) -> Area | None:
    if parent is None or not wanted:
        return None
    return next((a for a in atlas.below.get(parent.code, ()) if getattr(a, name) == wanted), None)


def _sum(text: str) -> int | None:
    try:
        return parse_rupiah(text) if text else None
    except ValueError:
        return None


def _faults(text: str, amount: int | None, name: str = "cheapest") -> dict[str, str]:
    wrong = text and amount is None
    return {name: "Biaya harus angka tanpa huruf, misalnya 96500000."} if wrong else {}


def _page(text: str) -> int:
    return min(max(int(text), 1), LAST_PAGE) if text.isascii() and text.isdecimal() and len(text) < 6 else 1
