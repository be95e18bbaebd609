"""Labels: drawn, set, read back; and what memory a batch takes."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import django

from bench.figures import Figure, Size, median
from bench.house import House

AT = datetime(2026, 3, 1, tzinfo=UTC)
BUDGET = 800
SMALL, LARGE = 1_000, 10_000

# Of ten labels eight are Latin, one Devanagari, one Tamil.
_PEOPLE = (
    *(("Asha Verma", "Palm Grove Residency", "3rd Cross, Indiranagar Stage 2", "Bengaluru"),) * 8,
    ("आशा श्रीवास्तव", "पाम ग्रोव रेजीडेंसी", "तीसरा क्रॉस, इंदिरानगर द्वितीय चरण", "बेंगलुरु"),
    ("ஆஷா ஸ்ரீநிவாசன்", "கிழக்கு மாட வீதி", "கபாலீஸ்வரர் கோவில் அருகில்", "சென்னை"),
)


def contents(count: int) -> Iterator:
    """Invented people's labels, no two alike."""
    from orderveil.hops.label.content import Cod, LabelContent, Sender  # noqa: PLC0415

    sender = Sender("Kalanjali", ("12 Industrial Estate, Peenya", "Bengaluru 560058"))
    for n in range(count):
        name, house, street, city = _PEOPLE[n % 10]
        yield LabelContent(
            carrier="Swiftline Express",
            awb=f"SLX44{n:011}",
            token=f"https://t.kalanjali.example/t/{n:016}",
            sender=sender,
            name=f"{name} {n}",
            lines=(f"{n % 977} {house}", f"{street} {n % 97}"),
            city=city,
            pincode=str(560000 + n % 999),
            phone=f"+91 XXXXXX{n % 10_000:04}",
            cod=Cod("INR", f"{n}.00") if n % 3 else None,
            order=f"T-{n:016}",
        )


def _ours(count: int, form: str) -> float:
    """Labels a second, through `render`: what is handed out."""
    from orderveil.hops.label.batch import CHUNK, render  # noqa: PLC0415
    from orderveil.hops.label.content import Dpi  # noqa: PLC0415
    from orderveil.hops.printing.kinds import PrintForm  # noqa: PLC0415

    # The processes are started, and the fonts read, once.
    list(render(contents(2 * CHUNK), PrintForm(form), Dpi.D203, at=AT))
    began = time.perf_counter()
    made = sum(
        len(each.positions) for each in render(contents(count), PrintForm(form), Dpi.D203, at=AT)
    )
    assert made == count
    return count / (time.perf_counter() - began)


def _plain(count: int, form: str) -> float:
    """The same pages set, or written, from drawings made beforehand; nothing fitted or read."""
    from orderveil.hops.label import making, setting, zpl  # noqa: PLC0415
    from orderveil.hops.label.batch import CHUNK  # noqa: PLC0415
    from orderveil.hops.label.content import Dpi  # noqa: PLC0415
    from orderveil.hops.label.faces import PrinterFace, SetFace  # noqa: PLC0415
    from orderveil.hops.printing.kinds import PrintForm  # noqa: PLC0415

    face = SetFace(Dpi.D203) if form == PrintForm.PDF else PrinterFace(Dpi.D203)
    drawn = [making.draw(each, face) for each in contents(count)]
    began = time.perf_counter()
    for start in range(0, count, CHUNK):
        some = drawn[start : start + CHUNK]
        if form == PrintForm.PDF:
            setting.as_pdf(some, 203, at=AT)
        else:
            pictures = making._pictures(dict(enumerate(some)), Dpi.D203)  # noqa: SLF001
            b"".join(zpl.as_zpl(*pair, 203) for pair in zip(some, pictures, strict=True))
    return count / (time.perf_counter() - began)


def _child(what: str, count: int, form: str) -> dict[str, float]:
    """One measurement in a process of its own, whose memory can be told."""
    command = [sys.executable, "-m", "bench.labels", what, str(count), form]
    return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def run(_house: House, size: Size) -> Iterator[Figure]:
    """Product and baseline in turn, then the memory of a thousand beside that of ten thousand."""
    count = SMALL if size.quick else 2 * SMALL
    for form in ("pdf", "zpl"):
        ours, theirs = [], []
        for _ in range(size.rounds):
            ours.append(_child("ours", count, form)["rate"])
            theirs.append(_child("plain", count, form)["rate"])
        yield Figure(
            name="labels",
            work=f"4 x 6 in labels as {form.upper()}, 203 dpi, {count:,} a batch, codes read back",
            unit="labels/s",
            value=median(ours),
            baseline=median(theirs),
            baseline_name="one process sets the same pages from ready drawings, reads none back",
            budget=BUDGET,
            detail={"rounds": ours},
        )
    yield _memory()


def _memory() -> Figure:
    small, large = (_child("ours", count, "pdf")["mebibytes"] for count in (SMALL, LARGE))
    return Figure(
        name="labels",
        work=f"peak memory of a batch of {LARGE:,} labels as PDF, the processes that make them too",
        unit="MiB",
        value=large,
        baseline=small,
        baseline_name=f"a batch of {SMALL:,}",
        at_most=True,
        ratio_budget=1.25,
    )


def _main(what: str, count: str, form: str) -> None:
    django.setup()
    rate = {"ours": _ours, "plain": _plain}[what](int(count), form)
    print(json.dumps({"rate": rate, "mebibytes": _peak()}))


def _peak() -> float:
    """Of this process and of those it started, each at its own highest."""
    told = [path.read_text() for path in Path("/proc").glob("[0-9]*/status")]
    ours = re.compile(rf"^(Pid|PPid):\t{os.getpid()}$", re.MULTILINE)
    highest = re.compile(r"^VmHWM:\s+(\d+) kB$", re.MULTILINE)
    peaks = [highest.search(each) for each in told if ours.search(each)]
    return sum(int(peak.group(1)) for peak in peaks if peak) / 1024


if __name__ == "__main__":
    _main(*sys.argv[1:])
