"""The city's file: columns, separators, dates, faults by line and never the number."""

from datetime import date

import pytest

from rembuk.errors import Refused
from rembuk.people.roll_file import Fault, FileProblem, Reading, named, read_day, read_roll

RW = "32.73.27.1003.005"
AREAS = named({RW: ("Gedebage", "Rancabolang", "005"), "32.73.26.1003.005": ("Ujungberung", "Pasirjati", "005")})
TODAY = date(2026, 11, 21)
NIK = "3273270508850001"


def read(text: str) -> Reading:
    return read_roll(text.encode(), AREAS, TODAY)


def test_codes_or_names() -> None:
    """J2: the RW is told by code, or by kecamatan, kelurahan and number; columns in any order and writing."""
    by_code = read(f"NIK,RW,Tanggal Lahir\n{NIK},{RW},1985-08-05\n")
    by_name = read(f"rw;kel. ;Kelurahan;KECAMATAN;nik;tgl_lahir\nRW 5;;Kel. Ranca Bolang;gedebage;{NIK};05/08/1985\n")
    assert [(line.rw, line.born) for line in by_code.lines] == [(RW, date(1985, 8, 5))]
    assert [line.rw for line in by_name.lines] == [RW]
    assert by_code.totals == {RW: 1}


def test_residence_is_never_read_from_the_nik() -> None:
    """trust 3: the first six digits are the place of first issue; somebody from Medan may live in Gedebage."""
    reading = read(f"nik,rw,tanggal_lahir\n1271054508900003,{RW},1990-08-05\n")
    assert reading.totals == {RW: 1}


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("327327050885000,{rw},1985-08-05,,", Fault.NIK),
        ("3273273208850001,{rw},1985-08-05,,", Fault.NIK),
        ("3273270513850001,{rw},1985-08-05,,", Fault.NIK),
        ("3273270508850000,{rw},1985-08-05,,", Fault.NIK),
        ("3.27327E+15,{rw},1985-08-05,,", Fault.NIK),
        ("{nik},32.73.27.1003.099,1985-08-05,,", Fault.AREA),
        ("{nik},5,1985-08-05,,", Fault.AREA),
        ("{nik},{rw},1985-13-05,,", Fault.BORN),
        ("{nik},{rw},2026-12-05,,", Fault.BORN),
        ("{nik},{rw},1885-12-05,,", Fault.BORN),
        ("{nik},{rw},1985-08-05,12345,", Fault.KK),
        ("{nik},{rw},1985-08-05,,12", Fault.PHONE),
    ],
)
def test_a_fault_is_told_by_its_line(row: str, fault: Fault) -> None:
    """trust 3: NIK check, areas, dates; the fault names the line and the column, not the number."""
    head, good = "nik,rw,tanggal_lahir,kk,hp\n", "3273274108850009,{rw},1985-08-01,,0812 3456 7890\n"
    reading = read((head + good + row).format(nik=NIK, rw=RW))
    assert reading.faults == ((3, fault),)
    assert len(reading.lines) == 1
    assert NIK not in repr(reading) + repr(reading.lines) + fault.value


def test_one_nik_twice() -> None:
    """T3: twice in one RW is a fault of the file; in two RW it is a case, and the first line counts."""
    text = f"nik,rw,tanggal_lahir\n{NIK},{RW},1985-08-05\n{NIK},{RW},1985-08-05\n{NIK},32.73.26.1003.005,1985-08-05\n"
    reading = read(text)
    assert reading.faults == ((3, Fault.TWICE),)
    assert [line.number for line in reading.doubles] == [4]
    assert reading.totals == {RW: 1}


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        (b"\xff\xfe\x00", FileProblem.NOT_TEXT),
        (b"", FileProblem.NO_COLUMNS),
        (b"nama,rw\nEuis,1\n", FileProblem.NO_COLUMNS),
        (b"nik,rw,tanggal_lahir\n\n", FileProblem.EMPTY_FILE),
        (b'nik,rw,tanggal_lahir\n"' + b"x" * 200_000, FileProblem.NOT_TEXT),
    ],
)
def test_a_strange_file(body: bytes, problem: FileProblem) -> None:
    """T-FUZZ: what is no CSV of ours is refused in words."""
    with pytest.raises(Refused) as caught:
        read_roll(body, AREAS, TODAY)
    assert caught.value.reason is problem


@pytest.mark.parametrize("text", ["", "x", "1985", "2026-02-30", "12-1985", "1985-08-05T10:00"])
def test_no_day(text: str) -> None:
    """A text that is no day is None, never a guess."""
    assert read_day(text) is None
