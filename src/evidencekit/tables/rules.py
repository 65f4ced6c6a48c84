"""The rules of tables; codes that data files of a workspace share mean the same there."""

from __future__ import annotations

from typing import NamedTuple


class TableRule(NamedTuple):
    """A row of ``TABLE_RULES``."""

    title: str
    meaning: str
    remedy: str


TABLE_RULES: dict[str, TableRule] = {
    "EK023": TableRule(
        "events exceed total", "More events than people.", "Check both against the report."
    ),
    "EK024": TableRule(
        "interval runs downwards or has no width",
        "The lower limit is not below the upper.",
        "Check for exchanged columns.",
    ),
    "EK025": TableRule(
        "interval does not contain its estimate",
        "One of the three is misread.",
        "Check them against the report.",
    ),
    "EK026": TableRule(
        "a ratio is positive",
        "On the natural scale 0 and below are no ratios.",
        "Say --input-scale log if these are logarithms.",
    ),
    "EK030": TableRule(
        "number out of range", "The quantity cannot have this value.", "Check the report."
    ),
    "EK034": TableRule(
        "row has the wrong number of cells",
        "Cells would be read under the wrong name.",
        "Put cells that hold the delimiter in quotes; leave missing values empty.",
    ),
    "EK035": TableRule(
        "columns are missing",
        "No complete set of columns was recognised.",
        "Rename the columns as listed.",
    ),
    "EK036": TableRule(
        "two columns for one quantity", "It is not clear which is meant.", "Rename one of them."
    ),
    "EK037": TableRule(
        "study is listed twice",
        "Two rows of one name are pooled as two studies; the same people must not count twice.",
        "Give the rows different names, or keep one.",
    ),
    "EK038": TableRule(
        "row is there twice", "Name and data are those of another row.", "Delete one."
    ),
    "EK039": TableRule("study has no name", "It is called by its row.", "Name it."),
    "EK043": TableRule("number expected", "The cell does not read as a number.", "Write digits."),
    "EK044": TableRule(
        "number is written another way",
        "The decimal mark is a point, and there are no thousands separators.",
        "Write it as the message says.",
    ),
    "EK059": TableRule(
        "cluster is not stated",
        "Whether the row belongs with others is not known.",
        "Name its cluster; a row that stands alone has a name of its own.",
    ),
}


def tables_page() -> str:
    """The page ``docs/tables.md``: what a table may hold, and every finding."""
    from evidencekit.tables.choose import measures_of
    from evidencekit.tables.columns import QUANTITIES
    from evidencekit.tables.shapes import SHAPES

    lines = [
        "# Tables",
        "",
        "What `evidencekit pool` and `evidencekit batch` read. One row for each study, the first",
        "row names the columns, group 1 is the intervention. The decimal mark is a point; an empty",
        "cell, NA or a dash is a missing value, and its study is listed as not estimable.",
        "This page is generated: `python -m evidencekit.tables.rules > docs/tables.md`.",
        "",
        "| a table holds | columns | measures (bold: when none is named) |",
        "|---|---|---|",
    ]
    for shape in SHAPES.values():
        may = "".join(f"[,{name}]" for name in shape.may)
        generic = shape.kind == "generic"
        measures = (
            "any"
            if generic
            else ", ".join(
                f"**{name}**" if name == shape.default else name for name in measures_of(shape)
            )
        )
        lines.append(f"| {shape.label} | `{','.join(shape.needs)}{may}` | {measures} |")
    lines += [
        "",
        "Names are compared without case, blanks, points, hyphens and underscores. `yi` and `TE`",
        "hold logarithms for ratios, and values on the scale of analysis for other transformed",
        "measures; for other names say `--input-scale natural`, or `log` (ratios) or `analysis`. A",
        "standard error is that of the scale of analysis in either case.",
        "",
        "| column | also called | meaning |",
        "|---|---|---|",
    ]
    for row in QUANTITIES.values():
        aliases = ", ".join(f"`{name}`" for name in row.aliases)
        lines.append(f"| `{row.name}` | {aliases} | {row.meaning} |")
    lines += [
        "",
        "## Findings",
        "",
        "| code | finding | what it means | what to do |",
        "|---|---|---|---|",
    ]
    for code, rule in TABLE_RULES.items():
        lines.append(f"| {code} | {rule.title} | {rule.meaning} | {rule.remedy} |")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    print(tables_page(), end="")
