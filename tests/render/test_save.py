"""Files: the same bytes on every run, accessible, self-contained, small."""

from __future__ import annotations

import hashlib
import io
import os
import re
import struct
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import matplotlib as mpl
import pytest
from PIL import Image

from evidencekit.errors import FileError, UsageError
from evidencekit.render.forest import draw_forest
from evidencekit.render.save import FORMATS, render_bytes, save
from evidencekit.render.style import THEMES
from evidencekit.render.svg import namespace
from render.examples import aad, urti
from render.invented import awkward, synthetic

SVG = "{http://www.w3.org/2000/svg}"
TESTS = Path(__file__).parents[1]

SCRIPT = """
import hashlib, sys
from render.examples import urti
from evidencekit.render.forest import draw_forest
from evidencekit.render.save import render_bytes
figure = draw_forest(urti("de"))
for format in ("svg", "png", "pdf"):
    print(format, hashlib.sha256(render_bytes(figure, format)).hexdigest())
assert "matplotlib.pyplot" not in sys.modules, "pyplot keeps global state"
"""


def svg_root(data: bytes) -> ElementTree.Element:
    return ElementTree.fromstring(data)


def test_two_processes_write_the_same_bytes_in_any_order() -> None:
    outputs = []
    for seed in ("1", "2"):
        env = {**os.environ, "PYTHONHASHSEED": seed}
        path = [str(TESTS), str(TESTS.parent / "src")]
        env["PYTHONPATH"] = os.pathsep.join(path)
        run = subprocess.run(
            [sys.executable, "-W", "error", "-c", SCRIPT],
            capture_output=True,
            text=True,
            env=env,
            check=True,
        )
        outputs.append(run.stdout)
    assert outputs[0] == outputs[1]
    figure = draw_forest(urti("de"))
    for format in ("pdf", "png", "svg"):
        digest = hashlib.sha256(render_bytes(figure, format)).hexdigest()
        assert f"{format} {digest}" in outputs[0]


def test_rcparams_are_left_alone_and_have_no_say() -> None:
    plain = {f: render_bytes(draw_forest(urti()), f) for f in FORMATS}
    before = dict(mpl.rcParams)
    with mpl.rc_context(
        {
            "savefig.bbox": "tight",
            "savefig.dpi": 40,
            "figure.dpi": 33,
            "font.size": 22,
            "font.family": "monospace",
            "svg.fonttype": "path",
            "figure.autolayout": True,
            "lines.linewidth": 7,
            "text.color": "red",
            "savefig.facecolor": "pink",
        }
    ):
        inside = dict(mpl.rcParams)
        for format in FORMATS:
            assert render_bytes(draw_forest(urti()), format) == plain[format], format
        assert dict(mpl.rcParams) == inside
    assert dict(mpl.rcParams) == before


@pytest.mark.parametrize("theme", THEMES)
def test_svg_is_accessible_and_namespaced(theme: str) -> None:
    forest = urti("nl")
    figure = draw_forest(forest, theme=theme)
    data = render_bytes(figure, "svg")
    root = svg_root(data)
    prefix = namespace(forest.figure_id)
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == f"{prefix}-title"
    assert root.get("aria-describedby") == f"{prefix}-desc"
    assert root.get("{http://www.w3.org/XML/1998/namespace}lang") == "nl"
    title, desc, metadata = list(root)[:3]
    assert (title.tag, title.get("id"), title.text) == (
        f"{SVG}title",
        f"{prefix}-title",
        forest.title,
    )
    assert (desc.tag, desc.get("id")) == (f"{SVG}desc", f"{prefix}-desc")
    assert desc.text == figure.record.description
    assert metadata.tag == f"{SVG}metadata"
    assert metadata.text == forest.provenance
    ids = [e.get("id", "") for e in root.iter() if e.get("id")]
    assert len(ids) == len(set(ids))
    assert all(i.startswith(prefix) for i in ids)
    assert float(root.get("width", "").removesuffix("pt")) * 96 / 72 == int(
        figure.get_size_inches()[0] * 96 + 0.5
    )
    assert root.get("viewBox", "").startswith("0 0 ")
    styles = "".join(e.text or "" for e in root.iter(f"{SVG}style"))
    assert styles.startswith(f"#{prefix} *")
    for forbidden in (b"<script", b"dc:date", b"matplotlib", b"Matplotlib", b"<!--", b"<image"):
        assert forbidden not in data


def test_svg_text_is_text_in_a_font_with_the_same_widths() -> None:
    forest = urti("de")
    root = svg_root(render_bytes(draw_forest(forest), "svg"))
    texts = list(root.iter(f"{SVG}text"))
    drawn = [e.text or "" for e in texts]
    for item in forest.all_results:
        assert item.text in drawn
    for element in texts:
        style = element.get("style", "")
        assert "'Liberation Sans', 'Arial', 'Helvetica', sans-serif" in style
    assert drawn.count("Vorteil für Probiotika") == 1


def test_svg_escapes_what_is_markup() -> None:
    root = svg_root(render_bytes(draw_forest(awkward()), "svg"))
    assert any("<Group>" in (e.text or "") for e in root.iter(f"{SVG}text"))


def test_two_figures_on_one_page_share_no_id() -> None:
    def ids(data: bytes) -> set[str]:
        return set(re.findall(r'\bid="([^"]+)"', data.decode()))

    first = ids(render_bytes(draw_forest(urti("en")), "svg"))
    assert first.isdisjoint(ids(render_bytes(draw_forest(urti("nl")), "svg")))


def png_chunks(data: bytes) -> list[bytes]:
    chunks, at = [], 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        chunks.append(data[at + 4 : at + 8])
        at += 12 + length
    return chunks


@pytest.mark.parametrize("theme", THEMES)
def test_png_is_bare_and_has_exact_colours(theme: str) -> None:
    figure = draw_forest(urti(), theme=theme)
    data = render_bytes(figure, "png")
    assert set(png_chunks(data)) <= {b"IHDR", b"PLTE", b"pHYs", b"IDAT", b"IEND"}
    image = Image.open(io.BytesIO(data))
    width, height = figure.get_size_inches() * 192
    assert image.size == (round(width), round(height))
    assert image.info["dpi"] == pytest.approx((192, 192), abs=0.05)
    found = {colour for _, colour in image.convert("RGB").getcolors(1 << 16) or []}
    for name in ("background", "ink", "square", "pooled"):
        text = getattr(figure.record.theme, name)
        assert tuple(int(text[i : i + 2], 16) for i in (1, 3, 5)) in found, name


def test_pdf_has_title_and_embedded_fonts_and_no_date() -> None:
    data = render_bytes(draw_forest(urti()), "pdf")
    assert data.startswith(b"%PDF")
    assert b"CreationDate" not in data
    assert b"LiberationSans" in data
    assert b"/FontFile2" in data
    assert b"/Title" in data


def test_sizes_of_a_large_plot() -> None:
    figure = draw_forest(aad())
    assert len(render_bytes(figure, "svg")) < 150_000
    assert len(render_bytes(figure, "png")) < 250_000
    assert len(render_bytes(figure, "pdf")) < 100_000


def test_save_by_suffix_and_by_format(tmp_path: Path) -> None:
    figure = draw_forest(synthetic(3))
    path = save(figure, tmp_path / "a.svg")
    assert path.read_bytes() == render_bytes(figure, "svg")
    save(figure, tmp_path / "b.bin", format="pdf")
    assert (tmp_path / "b.bin").read_bytes().startswith(b"%PDF")
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.svg", "b.bin"]


def test_unknown_format_and_theme_and_folder(tmp_path: Path) -> None:
    figure = draw_forest(synthetic(1))
    with pytest.raises(UsageError) as caught:
        save(figure, tmp_path / "a.gif")
    assert str(caught.value) == "no figure format 'gif': choose one of svg, png, pdf"
    blocked = tmp_path / "a file"
    blocked.write_text("", encoding="utf-8")
    with pytest.raises(FileError) as missing:
        save(figure, blocked / "a.svg")
    assert str(missing.value).startswith(f"cannot write {blocked}: a file stands where")
    with pytest.raises(UsageError) as theme:
        draw_forest(synthetic(1), theme="pink")
    assert str(theme.value) == "no theme 'pink': choose one of light, dark"


def test_figures_show_themselves_in_a_notebook() -> None:
    assert draw_forest(synthetic(1))._repr_svg_().startswith("<?xml")


def test_changing_the_figure_changes_the_bytes() -> None:
    forest = urti()
    other = replace(forest, title="Another")
    assert render_bytes(draw_forest(forest), "svg") != render_bytes(draw_forest(other), "svg")
