"""The pictures of these pages, drawn from the numbers of their examples: `python docs/algorithms/draw.py`.

Each picture is rows of bars; a bar is an amount, its text and how it is filled (paid, left, lost, mark).
"""

from html import escape
from pathlib import Path

FILL = {"paid": "#1f6f54", "left": "#d9e5df", "lost": "#f3ddd0", "mark": "#e0a526", "next": "#3d6ea5"}
INK = {"paid": "#ffffff", "left": "#20302a", "lost": "#6b3414", "mark": "#20302a", "next": "#ffffff"}
LABEL, WIDE, HIGH, GAP = 150, 470, 26, 10

Bar = tuple[float, str, str]
Row = tuple[str, list[Bar]]

PICTURES: dict[str, tuple[str, float, list[Row]]] = {
    "greedy": (
        "Greedy: 100 to spend, in order of votes",
        100,
        [
            ("a, 4 votes", [(60, "a 60", "paid"), (40, "40 left", "left")]),
            ("b, 3 votes", [(60, "", "paid"), (40, "b 50 does not fit in 40", "lost")]),
            ("c, 2 votes", [(60, "a 60", "paid"), (40, "c 40", "paid")]),
        ],
    ),
    "equal_shares": (
        "Equal shares: six purses of 10",
        10,
        [
            *((f"voter {n}", [(6, "6 for a", "paid"), (4, "4 left", "left")]) for n in (1, 2, 3, 4)),
            *((f"voter {n}", [(10, "10 for c", "next")]) for n in (5, 6)),
        ],
    ),
    "phragmen": (
        "Phragmén: the load each voter carries at the end",
        16,
        [
            *((f"voter {n}", [(6, "a: 6", "paid")]) for n in (1, 2, 3, 4)),
            *((f"voter {n}", [(10, "c: 10", "next")]) for n in (5, 6)),
            ("b would need", [(16, "16 each, and 30 is more than is left", "lost")]),
        ],
    ),
    "official": (
        "Official: greedy under the caps of META",
        60,
        [
            ("green, cap 50", [(40, "a 40", "paid"), (10, "b 20: no", "lost")]),
            ("blue, cap 60", [(50, "c 50", "paid"), (10, "free", "left")]),
        ],
    ),
    "equal": (
        "Equal quotas of 100, at most 25 for district 03",
        40,
        [
            ("01", [(37, "37", "paid"), (1, "", "mark")]),
            ("02", [(37, "37", "paid")]),
            ("03", [(25, "25, its bound", "lost")]),
        ],
    ),
    "fixed": (
        "Fixed quotas: typed, and checked to add up to 100",
        100,
        [("total", [(50, "01: 50", "paid"), (40, "02: 40", "next"), (10, "pot", "mark")])],
    ),
    "per_capita": (
        "Per capita: 1000 by residents, at least 200 for district 01",
        540,
        [
            ("01, 100 people", [(143, "143", "paid"), (57, "to 200", "mark")]),
            ("02, 200 people", [(266, "266", "paid"), (6, "", "mark")]),
            ("03, 400 people", [(533, "533", "paid")]),
        ],
    ),
    "need_weighted": (
        "Need-weighted: equal parts, residents, poor families",
        450,
        [
            ("01", [(150, "equal 150", "paid"), (75, "people 75", "next"), (225, "poor 225", "mark")]),
            ("02", [(150, "equal 150", "paid"), (225, "people 225", "next"), (75, "poor 75", "mark")]),
        ],
    ),
    "ring_fence": (
        "A ring-fence of 40 for floods in a ceiling of 100",
        100,
        [
            ("fence first", [(30, "f 30", "next"), (10, "10", "mark"), (60, "the rest of the envelope", "left")]),
            ("soft: returns", [(30, "f 30", "next"), (60, "a 60", "paid"), (10, "b 10", "paid")]),
            ("hard: waits", [(30, "f 30", "next"), (60, "a 60", "paid"), (10, "waits", "mark")]),
        ],
    ),
    "city_round": (
        "City round: by share of ballots, not by number",
        100,
        [
            ("b: 8 of 10", [(80, "80% of its district", "paid"), (20, "", "left")]),
            ("a: 50 of 100", [(50, "50% of its district", "lost"), (50, "", "left")]),
        ],
    ),
    "reserve": (
        "Reserve list: who steps in for a project of 60",
        90,
        [
            ("freed 60 + 20", [(60, "a withdrawn 60", "left"), (20, "unspent", "mark")]),
            ("1st: c 90", [(90, "c 90 does not fit in 80", "lost")]),
            ("2nd: d 70", [(70, "d 70 steps in", "paid"), (10, "10", "left")]),
        ],
    ),
    "caps": (
        "Caps: at most one project in RW 05, at most 50 for parks",
        100,
        [
            ("RW 05", [(40, "a 40", "paid"), (30, "b 30: second", "lost")]),
            ("parks, cap 50", [(35, "c 35", "next"), (20, "d: 55 > 50", "lost")]),
            ("envelope 100", [(40, "a", "paid"), (35, "c", "next"), (20, "e", "paid"), (5, "", "left")]),
        ],
    ),
    "suara_anak": (
        "Suara Anak: the fence is counted from the children's ballots",
        10,
        [
            ("children: q", [(3, "3 votes", "next")]),
            ("children: p", [(1, "1", "lost")]),
            ("adults: p", [(9, "9 votes, do not enter the fence", "left")]),
        ],
    ),
    "pledges": (
        "Pledges: a company pays for a, the freed 60 go down the reserve list",
        120,
        [
            ("before", [(60, "a 60", "paid"), (30, "b 30", "paid"), (10, "10", "left")]),
            ("after", [(60, "c 60 (reserve)", "next"), (30, "b 30", "paid"), (10, "10", "left")]),
            ("pledged", [(60, "a 60, by the company", "mark")]),
        ],
    ),
    "ties": (
        "Ties: each key is asked only when the one before is equal",
        4,
        [
            ("1 rule", [(1, "votes", "paid")]),
            ("2", [(1, "", "left"), (1, "approvals", "paid")]),
            ("3", [(2, "", "left"), (1, "lower cost", "paid")]),
            ("4", [(3, "", "left"), (1, "public dice", "mark")]),
        ],
    ),
    "representation": (
        "Money of own choices that was funded, voter by voter",
        54,
        [
            *((f"voter {n}", [(24, "a 24", "paid"), (30, "b 30", "next")]) for n in (1, 2, 3)),
            ("voter 4", [(24, "a 24", "paid")]),
            *((f"voter {n}", [(10, "c: no", "lost")]) for n in (5, 6)),
        ],
    ),
}


def svg(name: str) -> str:
    """One picture as text, the same bytes every time."""
    title, total, rows = PICTURES[name]
    height = 34 + len(rows) * (HIGH + GAP)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="640" height="{height}" viewBox="0 0 640 {height}" '
        f'role="img" font-family="sans-serif" font-size="13"><title>{escape(title)}</title>',
        f'<rect width="640" height="{height}" fill="#ffffff"/>',
        f'<text x="10" y="20" font-weight="bold" fill="#20302a">{escape(title)}</text>',
    ]
    for place, (label, bars) in enumerate(rows):
        top, left = 34 + place * (HIGH + GAP), float(LABEL)
        lines.append(f'<text x="{LABEL - 8}" y="{top + 18}" text-anchor="end" fill="#20302a">{escape(label)}</text>')
        for amount, text, kind in bars:
            width = amount / total * WIDE
            place_of = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{HIGH}"'
            lines.append(f'<rect {place_of} fill="{FILL[kind]}" stroke="#ffffff"/>')
            if text:
                place_of = f'x="{left + width / 2:.1f}" y="{top + 18}" text-anchor="middle"'
                lines.append(f'<text {place_of} fill="{INK[kind]}">{escape(text)}</text>')
            left += width
    return "\n".join([*lines, "</svg>", ""])


def main() -> None:
    """Write all pictures beside the pages."""
    folder = Path(__file__).parent / "pictures"
    folder.mkdir(exist_ok=True)
    for name in PICTURES:
        (folder / f"{name}.svg").write_text(svg(name), encoding="utf-8")


if __name__ == "__main__":
    main()
