"""The what-if form: its fields read as settings, a round being set up written as fields, a setting said in words."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from rembuk.cycles.formula import MILLION, MIX, Line
from rembuk.cycles.freezing import options_of
from rembuk.cycles.rules import Cycle
from rembuk.cycles.shares import CHILDREN, Part, Shares
from rembuk.errors import N_, Said
from rembuk.money import parse_rupiah, thousands
from rembuk.places.atlas import Atlas
from rembuk.results.rules import RULE_NAMES
from rembuk.results.whatif import AREA, CAPS, ExactPart, Quota, Setting
from rembuk.review.routes.shares import AREA_NAME, areas_typed, part_typed, values_of
from rembuk.tally.election import Completion, Options, Order, Utility
from rembuk.web.currency import amount
from rembuk.web.forms import Form

LETTERS = "abc"
UNUSED = "-"
ANYWHERE = ("rule", "completion", "utility", "order", "skip", "threshold", "rw_number", "leftover", "city_number")
"""The fields of a draft that say nothing of rupiah or of our areas and issues: an archive can be tried under them."""
OWN = N_("Seperti yang dipakai")
RULES = {"": OWN, **{name: RULE_NAMES[name] for name in ("equal_shares", "greedy", "phragmen")}}
UTILITIES = {
    Utility.COST.value: N_("Biaya usulan"),
    Utility.COUNT.value: N_("Jumlah usulan"),
    Utility.POINTS.value: N_("Poin pemilih"),
    Utility.BORDA.value: N_("Peringkat pemilih"),
}
COMPLETIONS = {
    Completion.NONE.value: N_("Tidak dilengkapi"),
    Completion.GREEDY.value: N_("Dilengkapi suara terbanyak"),
    Completion.ADD1.value: N_("Bagian dinaikkan sedikit demi sedikit"),
    Completion.ADD1U.value: N_("Bagian dinaikkan, lalu suara terbanyak"),
}
ORDERS = {Order.VOTES.value: N_("Jumlah suara"), Order.VOTES_PER_COST.value: N_("Suara per rupiah")}
SKIPS = {"yes": N_("Dilewati"), "no": N_("Berhenti di situ")}
HARD = {"": OWN, "soft": N_("Kembali ke wilayahnya"), "hard": N_("Ditahan untuk cadangan")}
LEFTOVERS = {
    "": OWN,
    "none": N_("Sisa tidak dibagi"),
    "share": N_("Putaran kota"),
    "next_year": N_("Disimpan untuk tahun depan"),
}
QUOTAS = {
    "": OWN,
    "equal": N_("Pagu sama rata"),
    "per_capita": N_("Pagu per penduduk"),
    "need_weighted": N_("Pagu campuran menurut bobot"),
    "fixed": N_("Pagu diketik sendiri"),
}
USUAL = {"a": {"rule": ""}, "b": {"rule": "equal_shares", "completion": "greedy"}, "c": {"rule": UNUSED}}
USED = {"completion": "none", "utility": "cost", "order": "votes", "skip": "yes"}
"""What the lists of a rule's options stand at when nothing is chosen."""
GROUPS = {
    "detail": ("completion", "utility", "step", "order", "skip", "threshold"),
    "quota": ("quota", "total", *MIX, "lowest", "highest", "unit", "ceilings"),
    "floors": ("floor_", "hard_", "area_name", "area_list", "children"),
    "caps": ("rw_", "kelurahan_", "most_"),
    "leftover": ("leftover", "pot", "city_"),
}
"""The folds of the form, and how the names of their fields begin."""

NO_PARTS = N_("Isi paling sedikit satu bobot di atas 0.")
NO_AREAS = N_("Tulis paling sedikit satu wilayah, satu per baris.")
NOT_A_LINE = N_('Tulis seperti "Gedebage: 1.200.000.000", satu wilayah per baris.')
NOT_FIGURES = N_('Tulis seperti "Gedebage: 42.000; 1.300": penduduk, lalu keluarga miskin, satu wilayah per baris.')
NO_SUCH_DISTRICT = N_('Wilayah "{area}" tidak ada dalam siklus itu.')


@dataclass(frozen=True)
class Asked:
    """The round a form is about: names of its districts, the issues behind its field keys, its money's unit."""

    archive: bool = False
    districts: Mapping[str, str] = field(default_factory=dict)
    issues: Mapping[str, str] = field(default_factory=dict)
    scale: int = 1
    areas: bool = False

    @property
    def keys(self) -> dict[str, str]:
        """Issue by the key its fields carry: its own name, or for an archive's categories a number."""
        return {f"k{nth}" if self.archive else issue: issue for nth, issue in enumerate(self.issues, 1)}

    def field_of(self, fault: str) -> str:
        """The field of this form for a field of the set-up's form, where the fault was found."""
        for key, issue in self.keys.items():
            if fault in ("floor_waste", f"most_{issue}"):
                return f"{fault.partition('_')[0]}_{key}"
        return fault


def completed(form: Form, draft: Mapping[str, str]) -> Form:
    """The form with every setting in it: what came with the address, else the draft's as B, else the usual ones."""
    fields = dict(form.fields)
    for letter in LETTERS:
        if not form.has(f"{letter}_rule"):
            usual = draft if draft and letter == "b" else USUAL[letter]
            fields |= {f"{letter}_{name}": [text] for name, text in usual.items()}
    return Form(fields)


def folds(form: Form) -> tuple[dict[str, int], set[str]]:
    """How many fields of each fold are filled in, and the folds that hold a fault; a fold goes as "b quota"."""
    filled = {name for name, text in form.values.items() if text and USED.get(name[2:]) != text}
    within = {
        f"{letter} {group}": tuple(f"{letter}_{start}" for start in starts)
        for letter in LETTERS
        for group, starts in GROUPS.items()
    }
    counts = {fold: sum(name.startswith(starts) for name in filled) for fold, starts in within.items()}
    return counts, {fold for fold, starts in within.items() if any(name.startswith(starts) for name in form.errors)}


def setting_of(form: Form, letter: str, asked: Asked, atlas: Atlas) -> Setting | None:
    """The setting of one letter, None when it is not used; faults gather in the form."""
    typed = _Typed(form, letter, asked, atlas)
    rules = {*RULES, UNUSED, *(["official"] if asked.archive else [])}
    rule = form.choice(f"{letter}_rule", rules, required=False) or ""
    if rule == UNUSED and letter != "a":
        return None
    rule = "" if rule == UNUSED else rule
    fences = [*asked.keys, AREA]
    areas = areas_typed(form, f"{letter}_area_list", atlas) if form.text(f"{letter}_area_list") else ()
    floors = {asked.keys.get(key, AREA): part for key in fences if (part := typed.part(f"floor_{key}")) is not None}
    if floors.get(AREA) and not areas and not asked.areas:
        form.errors.say(f"{letter}_area_list", NO_AREAS)
    hards = {key: typed.choice(f"hard_{key}", HARD) for key in fences}
    caps = {name: typed.money(name) if name.endswith("_money") else typed.number(name, 1000) for name in CAPS}
    return Setting(
        rule=rule,
        options=typed.options(rule),
        quota=typed.quota(),
        floors=floors,
        hard={asked.keys.get(key, AREA): said == "hard" for key, said in hards.items() if said},
        area_name=form.line(f"{letter}_area_name", most=60) or ("" if asked.areas else AREA_NAME),
        areas=areas,
        children=typed.number("children", 100),
        caps={name: cap for name, cap in caps.items() if cap is not None},
        most={issue: part for key, issue in asked.keys.items() if (part := typed.part(f"most_{key}")) is not None},
        leftover=typed.choice("leftover", LEFTOVERS),
        pot=typed.money("pot"),
    )


@dataclass(frozen=True)
class _Typed:
    """The fields of one letter: None is a field left empty, which keeps what the round had."""

    form: Form
    letter: str
    asked: Asked
    atlas: Atlas

    def choice(self, name: str, among: Mapping[str, str]) -> str:
        return self.form.choice(f"{self.letter}_{name}", among, required=False) or ""

    def number(self, name: str, most: int) -> int | None:
        return self.form.integer(f"{self.letter}_{name}", least=0, most=most)

    def money(self, name: str, least: int = 0) -> int | None:
        typed = self.form.rupiah(f"{self.letter}_{name}", least=least, most=10**15)
        return None if typed is None else typed * self.asked.scale

    def part(self, name: str) -> Part | None:
        if not self.form.text(f"{self.letter}_{name}"):
            return None
        part = part_typed(self.form, f"{self.letter}_{name}")
        money = part.rupiah * self.asked.scale
        return ExactPart(money, part.percent) if self.asked.archive else Part(money, part.percent)

    def options(self, rule: str) -> Options:
        threshold = self.number("threshold", 1_000_000)
        usual = 0 if rule == "official" else 1
        return Options(
            order=Order(self.choice("order", ORDERS) or "votes"),
            skip=self.choice("skip", SKIPS) != "no",
            threshold=usual if threshold is None else threshold,
            utility=Utility(self.choice("utility", UTILITIES) or "cost"),
            completion=Completion(self.choice("completion", COMPLETIONS) or "none"),
            step=self.money("step") or 0,
        )

    def quota(self) -> Quota:
        rule = self.choice("quota", QUOTAS)
        mix = {part: self.number(part, 1000) or 0 for part in MIX}
        if rule == "need_weighted" and not any(mix.values()):
            self.form.errors.say(f"{self.letter}_equal", NO_PARTS)
        return Quota(
            rule=rule,
            total=self.money("total", least=1),
            equal=mix["equal"],
            population=mix["population"],
            poor=mix["poor"],
            lowest=self.money("lowest") or 0,
            highest=self.money("highest") or 0,
            unit=self.money("unit", least=1) or (1 if self.asked.archive else MILLION),
            ceilings={area: sums[0] for area, sums in self.ceilings().items()},
        )

    def ceilings(self) -> dict[str, tuple[int, ...]]:
        found = by_district(self.form, f"{self.letter}_ceilings", self.asked, NOT_A_LINE, 1)
        return {area: (sums[0] * self.asked.scale,) for area, sums in found.items()}


def figures_of(form: Form, asked: Asked) -> dict[str, tuple[int, int]]:
    """Residents and poor families of an archive's districts, as typed; faults gather in the form."""
    found = by_district(form, "angka", asked, NOT_FIGURES, 2) if asked.archive else {}
    return {area: (sums[0], sums[1]) for area, sums in found.items()}


def by_district(form: Form, name: str, asked: Asked, fault: str, most: int) -> dict[str, tuple[int, ...]]:
    """A field of lines "name: number; number" as numbers by area, missing ones 0; faults gather in the form."""
    areas = {words.casefold(): area for area, said in asked.districts.items() for words in (area, said)}
    found = {}
    for line in form.lines(name):
        said, _, numbers = line.rpartition(":")
        try:
            sums = [parse_rupiah(each) for each in numbers.split(";")]
        except ValueError:
            form.errors.say(name, fault)
            continue
        if not said or len(sums) > most:
            form.errors.say(name, fault)
        elif (area := areas.get(said.strip().casefold())) is None:
            form.errors.say(name, NO_SUCH_DISTRICT, area=said.strip())
        else:
            found[area] = tuple(sums + [0] * (most - len(sums)))
    return found


def draft_fields(cycle: Cycle, lines: Sequence[Line], atlas: Atlas) -> dict[str, str]:
    """The settings of a round being set up as the fields of one letter: nothing of the old round's stays."""
    options = options_of(cycle.tally_options)
    shares = values_of(cycle, atlas)
    names = [f"{part}_{issue}" for part in ("floor", "most") for issue in Asked(issues=_ISSUES).keys]
    names += ["floor_area", "children", "pot", *CAPS]
    hard = {name: "hard" if text else "soft" for name, text in shares.items() if name.startswith("hard_")}
    typed = "\n".join(f"{line.area}: {thousands(line.amount)}" for line in lines)
    fixed = cycle.quota_rule == "fixed"
    sums = {name: cycle.quota_options.get(name, 0) for name in (*MIX, "lowest", "highest", "unit")}
    return {
        "rule": cycle.tally_rule,
        **{name: options[name] for name in ("completion", "utility", "order", "skip", "threshold", "step")},
        "quota": cycle.quota_rule,
        "total": "" if fixed else thousands(cycle.budget),
        **{name: thousands(number) if number else "" for name, number in sums.items()},
        "ceilings": typed if fixed else "",
        **{name: shares.get(name) or "0" for name in names},
        **{name: shares.get(name, "") for name in ("area_name", "area_list", "leftover")},
        **hard,
    }


_ISSUES = dict.fromkeys(("waste", "clean_water", "flood"), "")


def in_words(setting: Setting, rule: str, own: Shares, asked: Asked) -> list[Said]:
    """What a setting changes, in a few words each; `rule` is the name of the round's own, `own` what it set aside."""
    used = Said(RULE_NAMES[setting.rule]) if setting.rule else Said(N_("seperti yang dipakai ({aturan})"), aturan=rule)
    return [used, *_detail(setting), *_money(setting, own, asked)]


def _detail(setting: Setting) -> Iterator[Said]:
    options = setting.options
    if setting.rule == "equal_shares":
        if options.completion is not Completion.NONE:
            yield Said(COMPLETIONS[options.completion])
        if options.utility is not Utility.COST:
            yield Said(UTILITIES[options.utility])
    if setting.rule == "greedy" and options.order is not Order.VOTES:
        yield Said(ORDERS[options.order])
    if setting.rule == "greedy" and not options.skip:
        yield Said(N_("berhenti di usulan yang tidak muat"))
    if setting.rule and options.threshold > 1:
        yield Said(N_("paling sedikit {n} suara"), n=thousands(options.threshold))


def _money(setting: Setting, own: Shares, asked: Asked) -> Iterator[Said]:
    if setting.quota.rule:
        yield Said(QUOTAS[setting.quota.rule])
    had = {fence.issue or AREA for fence in own.fences}
    for key, part in setting.floors.items():
        if part or key in had:
            yield _part(setting.area_name or AREA_NAME if key == AREA else asked.issues.get(key, key), part)
    if setting.children or (setting.children == 0 and own.children):
        yield _part(CHILDREN, Part(percent=setting.children))
    if any(setting.caps.values()) or any(setting.most.values()):
        yield Said(N_("batas lain per wilayah atau isu"))
    elif setting.caps or setting.most:
        yield Said(N_("tanpa batas per wilayah dan isu"))
    if setting.leftover:
        yield Said(LEFTOVERS[setting.leftover])
    if setting.pot:
        yield Said(N_("simpanan kota {besar}"), besar=amount(setting.pot))


def _part(name: str, part: Part) -> Said:
    if not part:
        return Said(N_("tanpa jatah {nama}"), nama=name)
    size = f"{part.percent}%" if part.percent else amount(part.rupiah)
    return Said(N_("jatah {nama} {besar}"), nama=name, besar=size)
