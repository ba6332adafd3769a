"""T-MODEL: random histories of a vote, crashes among them; the product answers as a model of sixty lines does."""

import asyncio
import pickle
import secrets
import shutil
import tempfile
from collections.abc import Awaitable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck
from hypothesis import settings as tried
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from rembuk.board.store import drain
from rembuk.database import close_database, open_database
from rembuk.errors import Refused
from rembuk.invariants import faults
from rembuk.people import pepper
from rembuk.people import store as people
from rembuk.people.tables import Credential, RollEntry
from rembuk.posts import store as posts
from rembuk.results.tables import BallotsFile
from rembuk.settings import Settings
from rembuk.tally.pabulib import parse
from rembuk.voting import store as voting
from tests.campaigns.model import ASKED_AN_HOUR, Picks, Vote
from tests.campaigns.model import Person as Resident
from tests.campaigns.sizes import LARGE, said, sized
from tests.city import PIN, City, city
from tests.databases import FAST
from tests.posts.making import PostOf, post_in

HISTORIES, STEPS = sized("HISTORIES", 3, 400), sized("HISTORY_STEPS", 10, 60)
PEOPLE = 4
WHO = st.integers(0, PEOPLE - 1)
PICKS = st.lists(st.integers(0, 5), max_size=4, unique=True).map(lambda each: tuple(sorted(each)))
_counted = {"histories": 0, "steps": 0}


@dataclass(frozen=True)
class Stage:
    """A city ready to vote, on a file to be copied for each history."""

    file: Path
    made: bytes
    post: bytes


async def _set_up(settings: Settings) -> tuple[City, PostOf]:
    await open_database(settings)
    made = await city(districts=1, proposals=6, voters=PEOPLE, with_codes=PEOPLE)
    for nth, roll in enumerate(made.rolls[made.districts[0]]):
        changed = {RollEntry.phone_mac: pepper.phone_mac(_phone(nth))}
        await RollEntry.update(changed).where(RollEntry.id == roll)
    post = await post_in(made, sheets=PEOPLE)
    await close_database()
    return made, post


def _phone(nth: int) -> str:
    return f"+6281234500{nth:02d}"


@pytest.fixture
def stage(sqlite_template: Path, tmp_path: Path) -> Iterator[Stage]:
    """The city, made once."""
    settings = Settings(data=tmp_path / "stage")
    settings.data.mkdir()
    shutil.copyfile(sqlite_template, settings.database_file)
    made, post = asyncio.run(_set_up(settings))
    yield Stage(settings.database_file, pickle.dumps(made), pickle.dumps(post))


class History(RuleBasedStateMachine):
    """One vote, step by step, beside its model."""

    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        _counted["histories"] += 1
        self.loop = asyncio.new_event_loop()
        self.folder = Path(tempfile.mkdtemp(prefix="rembuk-model-", dir=FAST))
        self.settings = Settings(data=self.folder / "0")
        self.settings.data.mkdir()
        shutil.copyfile(self.stage.file, self.settings.database_file)
        self.run(open_database(self.settings))
        self.made: City = pickle.loads(self.stage.made)
        self.post: PostOf = pickle.loads(self.stage.post)
        self.rolls = self.made.rolls[self.made.districts[0]]
        self.projects = sorted(self.made.projects[self.made.districts[0]])
        self.model = Vote([Resident() for _ in range(PEOPLE)])
        self.nonces: list[bytes] = []
        self.receipts: dict[int, str] = {}

    def run(self, work: Awaitable[Any]) -> Any:
        """Wait for the product."""
        return self.loop.run_until_complete(work)

    def refusal(self, work: Awaitable[Any]) -> str:
        """The name of the reason it was refused for, "" when it was done."""
        try:
            self.run(work)
        except Refused as refused:
            return refused.reason.name
        return ""

    def send(self, who: int, form: int, picks: Picks, by_code: bool) -> None:
        """Cast, and compare the answer and the receipt."""
        wanted = self.model.why_not(self.model.people[who], form, picks, by_code)
        seed = None if by_code else b""
        chosen = [self.projects[each] for each in picks]
        work = (
            self.made.cast(self.rolls[who], chosen, self.nonces[form], seed=seed)
            if by_code
            else self.by_phone(self.rolls[who], chosen, self.nonces[form])
        )
        got = ""
        try:
            receipt = self.run(work)
        except Refused as refused:
            got = refused.reason.name
        assert got == wanted, f"{got or 'taken'}, the model says {wanted or 'taken'}"
        if not got:
            assert self.receipts.setdefault(form, receipt.code) == receipt.code
            self.model.people[who].sent.setdefault(form, picks)

    async def by_phone(self, roll: UUID, chosen: list[str], nonce: bytes) -> Any:
        """Cast in a session that has no code to sign with."""
        return await voting.cast(await voting.voter_of(roll), tuple(sorted(chosen)), nonce)

    def fresh(self) -> int:
        """A new form."""
        self.nonces.append(secrets.token_bytes(32))
        return len(self.nonces) - 1

    @rule(who=WHO, picks=PICKS, by_code=st.booleans())
    def cast(self, who: int, picks: Picks, by_code: bool) -> None:
        """A ballot by a new form: the first one or another one."""
        self.send(who, self.fresh(), picks, by_code)

    @precondition(lambda self: any(each.sent or each.burned for each in self.model.people))
    @rule(which=st.integers(0, 10_000), picks=st.none() | PICKS, by_code=st.booleans())
    def again(self, which: int, picks: Picks | None, by_code: bool) -> None:
        """A form that was sent or opened before, with the same choice or another one; also after closing."""
        known = [(nth, form) for nth, each in enumerate(self.model.people) for form in (*each.sent, *each.burned)]
        who, form = known[which % len(known)]
        before = self.model.people[who].sent.get(form, ())
        wanted = before if picks is None else picks
        if len(wanted) <= 3:
            self.send(who, form, wanted, by_code)

    @rule(who=WHO)
    def challenge(self, who: int) -> None:
        """A sealing opened for checking can never be cast."""
        form = self.fresh()
        voter = self.run(voting.voter_of(self.rolls[who]))
        assert not self.refusal(voting.burn(voter, self.nonces[form]))
        self.model.people[who].burned.add(form)
        for sent in self.model.people[who].sent:
            assert self.refusal(voting.burn(voter, self.nonces[sent])) == "OTHER_BALLOT"

    @rule(who=WHO, right=st.booleans())
    def enter(self, who: int, right: bool) -> None:
        """A code typed at the door, with the right second factor or a wrong one."""
        code = self.made.codes[self.rolls[who]].printed
        refused = self.refusal(people.sign_in_with_code(code, PIN if right else "1357"))
        assert (refused == "") == self.model.enters(self.model.people[who], right), refused

    @rule(who=WHO)
    def void(self, who: int) -> None:
        """A code is lost; voiding it twice is refused."""
        roll = self.rolls[who]
        row = self.run(Credential.select(Credential.serial).where(Credential.roll == roll).first().run())
        refused = self.refusal(people.void_code(self.made.cycle.id, row["serial"], "hilang", self.made.first))
        assert (refused == "") == (self.model.people[who].code != "void")
        self.model.people[who].code = "void"

    @rule(who=WHO, right=st.booleans())
    def phone(self, who: int, right: bool) -> None:
        """A one-time code: works once, for the visitor who asked, three times an hour."""
        model, visitor = self.model.people[who], secrets.token_hex(8)
        if model.asked >= ASKED_AN_HOUR:
            assert self.refusal(people.ask_one_time_code(_phone(who), visitor)) == "TOO_OFTEN"
            return
        model.asked += 1
        digits = self.run(people.ask_one_time_code(_phone(who), visitor)).digits
        wrong = f"{(int(digits) + 1) % 10**8:08d}"
        assert self.refusal(people.use_one_time_code("another visitor", digits)) == "ONE_TIME_WRONG"
        if right:
            assert self.run(people.use_one_time_code(visitor, digits)).roll == self.rolls[who]
        assert self.refusal(people.use_one_time_code(visitor, digits if right else wrong)) == "ONE_TIME_WRONG"

    @rule(who=WHO)
    def check_in(self, who: int) -> None:
        """At the post, by the code: from then on paper, whatever was sent before."""
        model = self.model.people[who]
        code = self.made.codes[self.rolls[who]].printed
        refused = self.refusal(posts.check_in_by_code(self.post.id, code, self.post.officers[0]))
        assert (refused == "") == (model.code == "issued" and self.model.state == "open" and not model.paper), refused
        model.paper = model.paper or not refused

    @precondition(lambda self: self.waiting_sheets() and self.model.state == "closed")
    @rule(picks=PICKS.filter(lambda each: len(each) <= 3))
    def sheet(self, picks: Picks) -> None:
        """A sheet out of the paper box, read by two who do not see each other's reading."""
        serial = self.post.serials[len(self.model.sheets)]
        form = self.run(posts.form_of(self.run(posts.post_of(self.post.id))))
        typed = " ".join(str(form.order.index(self.projects[each]) + 1) for each in picks) or "0"
        self.run(self.post.enter(serial, typed))
        self.model.sheets.append(picks)

    def waiting_sheets(self) -> bool:
        """Whether somebody got a sheet that was not entered yet."""
        return sum(each.paper for each in self.model.people) > len(self.model.sheets)

    @rule()
    def post_leaves(self) -> None:
        """The sequencer's round."""
        self.run(drain())

    @rule()
    def crash(self) -> None:
        """The process is gone; the files as they lie there now are opened by another one."""
        old, new = self.settings.data, self.folder / str(int(self.settings.data.name) + 1)
        shutil.copytree(old, new)
        self.run(close_database())
        shutil.rmtree(old)
        self.settings = Settings(data=new)
        self.run(open_database(self.settings))

    @precondition(lambda self: self.model.state == "open" and len(self.nonces) > 3)
    @rule()
    def close(self) -> None:
        """Two persons close the booth."""
        self.run(self.made.close())
        self.model.state = "closed"

    @precondition(lambda self: self.model.state == "closed")
    @rule()
    def open_and_count(self) -> None:
        """The paper box is closed, the sealed one opened: in it lies what the model says, and it is counted."""
        self.run(self.post.close("Ada lembar yang dibawa pulang."))
        self.run(self.post.audit())
        self.run(self.made.open_box())
        [row] = self.run(BallotsFile.select().run())
        online, sheets = self.model.ballots()
        assert (row["online_count"], row["paper_count"]) == (len(online), len(sheets))
        assert ballots_in(row["content"], self.projects) == sorted([*online, *sheets])
        if online or sheets:
            self.run(self.made.count())
        self.model.state = "counted"

    @invariant()
    def the_invariants_hold(self) -> None:
        """Every one of trust.md 5, after every step."""
        _counted["steps"] += 1
        broken = {name: told for name, told in self.run(faults()).items() if told}
        assert not broken, broken

    def teardown(self) -> None:
        """Close and forget."""
        self.run(close_database())
        self.loop.close()
        shutil.rmtree(self.folder)


def ballots_in(text: str, projects: list[str]) -> list[Picks]:
    """The ballots of a .pb file, as numbers of projects."""
    numbers = {project: nth for nth, project in enumerate(projects)}
    votes = (row["vote"] for row in parse(text).voters())
    return sorted(tuple(sorted(numbers[each] for each in vote.split(",") if each)) for vote in votes)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_product_is_the_model(stage: Stage) -> None:
    """T-MODEL, P1: cast, cast again, retry, challenge, code, phone, void, paper, close, open, count, crash."""
    History.stage = stage
    histories = tried(
        max_examples=HISTORIES,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        derandomize=not LARGE,
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(History, settings=histories)  # type: ignore[no-untyped-call]
    said(f"T-MODEL: {_counted['histories']} histories, {_counted['steps']} steps, 0 failures")
