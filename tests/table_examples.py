"""Tables that several tests read. All of it is SYNTHETIC but the reference cases."""

from __future__ import annotations

from pathlib import Path

from reference_cases import load

COUNTS = """\
study,events1,total1,events2,total2,age
Lee 2001,12,80,20,82,adults
Hart 2004,5,40,9,41,children
Moss 2010,30,150,41,148,adults
Nguyen 2015,8,61,7,60,children
"""


def write(folder: Path, text: str, name: str = "table.csv") -> Path:
    """A file of that text."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def case(folder: Path, name: str, header: str) -> Path:
    """The arm data of a reference case under column names of choice."""
    count = header.count(",")
    columns = list(load(name)["inputs"].values())[:count]
    lines = [
        ",".join((f"trial {number}", *map(str, row)))
        for number, row in enumerate(zip(*columns, strict=True), 1)
    ]
    return write(folder, "\n".join([header, *lines]) + "\n", f"{name}.csv")


def generic(folder: Path, name: str, header: str = "slab,yi,vi") -> Path:
    """The estimates and variances of a reference case."""
    found = load(name)
    lines = [
        f"trial {number},{y!r},{v!r}"
        for number, (y, v) in enumerate(zip(found["yi"], found["vi"], strict=True), 1)
    ]
    return write(folder, "\n".join([header, *lines]) + "\n", f"{name}-generic.csv")
