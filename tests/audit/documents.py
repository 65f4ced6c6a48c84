"""Documents for the tests of audits."""

from __future__ import annotations

import io
import zipfile

from evidencekit.audit.document import Document
from evidencekit.audit.readers import read_bytes

LINES = (
    "Quist, A. (2001). Oats and sleep. Journal of Oats, 1(2), 3-9. https://doi.org/10.5555/a1",
    "Solo, M., & Hill, C. (2002). Milk and mood. Milk Letters, 4, 55-61.",
    "Ämter, Z. (2003). Tea at night. Tea Today, 7(1), e123. https://doi.org/10.5555/c3",
)
"""Three references in alphabetical disorder."""

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def markdown(text: str) -> Document:
    """A Markdown document of this text."""
    return read_bytes(text.encode(), "text.md")


def with_list(text: str, lines: tuple[str, ...] = LINES, heading: str = "# References") -> Document:
    """A text followed by a numbered list under a heading."""
    listed = "\n".join(f"[{number}] {line}" for number, line in enumerate(lines, 1))
    return markdown(f"{text}\n\n{heading}\n\n{listed}\n")


def docx(body: str, **parts: str) -> bytes:
    """A Word document whose body is this XML; further parts by name without ``.xml``."""
    head = f'<w:document xmlns:w="{WORD}" xmlns:r="http://r"><w:body>'
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("word/document.xml", f"{head}{body}</w:body></w:document>")
        for name, content in parts.items():
            where = "word/_rels/document.xml.rels" if name == "rels" else f"word/{name}.xml"
            archive.writestr(where, content.replace("W!", f'xmlns:w="{WORD}"'))
    return buffer.getvalue()


def paragraph(text: str, properties: str = "") -> str:
    """A paragraph of one run."""
    inner = f"<w:pPr>{properties}</w:pPr>" if properties else ""
    return f'<w:p>{inner}<w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


def pdf(*pages: tuple[str, ...]) -> bytes:
    """A PDF with one line of text below another on each page."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>", ""]
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects.append(font)
    kids = []
    for lines in pages:
        shown = " T* ".join(f"({_escaped(line)}) Tj" for line in lines)
        stream = f"BT /F1 10 Tf 12 TL 40 780 Td {shown} ET" if lines else ""
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
        content = len(objects)
        objects.append(
            f"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>"
        )
        kids.append(f"{len(objects)} 0 R")
    objects[1] = f"<< /Type /Pages /Kids [{' '.join(kids)}] /Count {len(kids)} >>"
    out = b"%PDF-1.4\n"
    offsets = []
    for number, body in enumerate(objects, 1):
        offsets.append(len(out))
        out += f"{number} 0 obj\n{body}\nendobj\n".encode("cp1252")
    table = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n{table}".encode()
    out += (
        f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF".encode()
    )
    return out


def _escaped(line: str) -> str:
    return line.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")
