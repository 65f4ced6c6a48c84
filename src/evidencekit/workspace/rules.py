"""The rules of data files: every code, what it means and what to do.

``evidencekit`` documentation is generated from this table; a code without a
row, or a row without a test that produces it, fails the suite.
"""

from __future__ import annotations

from typing import NamedTuple


class Rule(NamedTuple):
    """One row of `RULES`."""

    title: str
    meaning: str
    remedy: str


RULES: dict[str, Rule] = {
    # Files and YAML
    "EK001": Rule(
        "file cannot be read",
        "The system refuses to open the file, or it is a broken link or no regular file.",
        "Correct the permissions, delete the link, or move it out of the data folders.",
    ),
    "EK002": Rule(
        "file is not UTF-8 text",
        "The bytes are not UTF-8, so letters would be guessed.",
        "Save the file as UTF-8.",
    ),
    "EK003": Rule(
        "file is not text",
        "The file holds a NUL byte or a control character.",
        "Replace a binary file by a YAML file; delete a stray character.",
    ),
    "EK004": Rule("file is empty", "There is nothing in it but comments.", "Fill or delete it."),
    "EK005": Rule(
        "file is too large",
        "Data files are edited by hand; one this large is something else.",
        "Write one file per study.",
    ),
    "EK006": Rule(
        "not valid YAML",
        "The syntax is broken at this place, so the rest of the file is not read.",
        "Correct it and validate again; the message names the usual cause.",
    ),
    "EK007": Rule(
        "a tab in the indentation", "YAML indents with spaces only.", "Replace tabs by spaces."
    ),
    "EK008": Rule(
        "key is given twice",
        "Many YAML readers silently keep the last one.",
        "Keep one; for two arms or results use two names or a list.",
    ),
    "EK009": Rule(
        "value is cut off at #",
        "A # after a blank begins a comment, which silently shortens DOIs and addresses.",
        "Put the value in quotes, or the comment on its own line.",
    ),
    "EK010": Rule(
        "anchors, aliases and merge keys are not allowed",
        "A value must be readable where it stands; aliases can also blow a file up.",
        "Write the value out.",
    ),
    "EK011": Rule("tags are not allowed", "Types follow from the keys.", "Remove the tag."),
    "EK012": Rule(
        "second document in one file",
        "A file holds one study or one plan.",
        "Move what follows --- to a file of its own.",
    ),
    "EK013": Rule(
        "nested too deeply",
        "The data model has fewer than ten levels.",
        "Look for brackets or indentation that never close.",
    ),
    "EK014": Rule("key is not a text", "Keys are names.", "Put a name before the colon."),
    "EK015": Rule(
        "something is missing from the workspace",
        "There are no studies, no outcomes.yaml, or no plans.",
        "Add them; `evidencekit init` shows what they look like.",
    ),
    "EK016": Rule(
        "wrong kind of file",
        "A plan among the studies, a study among the plans, or a second vocabulary.",
        "Move the file.",
    ),
    "EK017": Rule("file is not read", "Data files end in .yaml.", "Rename the file."),
    # Numbers
    "EK020": Rule(
        "share out of range",
        "A percentage lies in 0-100, a proportion in 0-1.",
        "Check the number and its key.",
    ),
    "EK021": Rule(
        "not a count",
        "Events and totals are whole and not negative.",
        "Write the count; for effective sample sizes add effective: true.",
    ),
    "EK022": Rule(
        "size is not positive",
        "Totals, standard deviations, standard errors and person-time exceed 0.",
        "Check the report; leave the key out when it is not given.",
    ),
    "EK023": Rule(
        "events exceed total",
        "More people with the event than people.",
        "Check the table; counts of episodes belong to an outcome of type count.",
    ),
    "EK024": Rule(
        "interval runs downwards or has no width",
        "An interval is written [low, high].",
        "Swap the limits, or check them.",
    ),
    "EK025": Rule(
        "interval does not contain its estimate",
        "The estimate lies outside the interval by more than rounding.",
        "Check all three against the report.",
    ),
    "EK026": Rule(
        "a ratio is positive",
        "RR, OR, HR and IRR and their limits exceed 0 on the natural scale.",
        "Check the number; if it is a logarithm write scale: log.",
    ),
    "EK027": Rule(
        "events without a total",
        "The result is kept and shown, but cannot be pooled.",
        "Add the total, or the percentage as printed.",
    ),
    "EK028": Rule(
        "share does not agree with the counts",
        "The printed percentage or proportion differs from events / total beyond rounding.",
        "Check both; if the report prints it so, say so under source.note.",
    ),
    "EK029": Rule(
        "result holds no data", "Neither arms nor an estimate.", "Give one, or remove the result."
    ),
    "EK030": Rule(
        "number out of range",
        "Levels and risks are fractions of 1, correlations lie between -1 and 1.",
        "Write 0.95 for 95%.",
    ),
    "EK031": Rule(
        "study would enter the analysis twice",
        "Two results of the outcome share people and are not readings of one quantity.",
        "Give both the same group, or choose one under readings.choose of the plan.",
    ),
    "EK032": Rule(
        "quantiles are not in order", "min, q1, median, q3, max must rise.", "Check the report."
    ),
    "EK033": Rule("p-value is not between 0 and 1", "It cannot be.", "Check the report."),
    # Shape
    "EK040": Rule("required key is missing", "The record is not complete.", "Add the key."),
    "EK041": Rule(
        "unknown key", "The data model has no such key here.", "Correct the spelling, or remove it."
    ),
    "EK042": Rule(
        "wrong kind of value",
        "A list where a single value is expected, or the other way round.",
        "Write it as the message says.",
    ),
    "EK043": Rule("number expected", "The value does not read as a number.", "Write digits."),
    "EK044": Rule(
        "number is written another way",
        "A decimal comma, separators, a percent sign or a typographic minus.",
        "Use digits and a decimal point.",
    ),
    "EK045": Rule(
        "number with a leading zero",
        "It is read as a decimal number, though some readers take it for an octal one.",
        "Leave the zero out.",
    ),
    "EK046": Rule(
        "not one of the words allowed", "The key has a short list of values.", "Use one of them."
    ),
    "EK047": Rule(
        "not an identifier",
        "Identifiers are lower case letters, digits and single hyphens; PMIDs are digits.",
        "Write it so.",
    ),
    "EK048": Rule(
        "not a DOI",
        "A DOI is written bare: 10., a number, a slash, and a suffix.",
        "Leave out https://doi.org/ and a final full stop.",
    ),
    "EK049": Rule(
        "text expected", "Without quotes this is a number, true, false or null.", "Add quotes."
    ),
    "EK050": Rule("no value", "The key stands there without a value.", "Give one, or remove it."),
    "EK051": Rule("date expected", "Dates are year-month-day.", "Write 2026-01-31."),
    "EK052": Rule("true or false expected", "Only these two words are read.", "Write one."),
    "EK053": Rule(
        "wrong number of values",
        "An interval has two limits; a decimal comma makes four of them.",
        "Write [low, high] with decimal points.",
    ),
    "EK054": Rule(
        "p-value expected",
        'A number, with < or > before it if printed so: "<0.001".',
        "Write it so.",
    ),
    "EK055": Rule(
        "not a reading",
        "Whose version of the number is this: the study's own report, or another's?",
        "Write own_report, or {as_printed_in: report}.",
    ),
    # Identifiers and references
    "EK060": Rule("id is not the file name", "One name for one thing.", "Rename one of them."),
    "EK061": Rule("id is used twice", "An id names one thing.", "Rename one."),
    "EK062": Rule(
        "DOI or PMID is also that of another study",
        "One trial entered twice would be counted twice.",
        "Merge them, or declare shares_report_with, or role: review.",
    ),
    "EK063": Rule("no such outcome", "It is not in outcomes.yaml.", "Correct it, or add it there."),
    "EK064": Rule("no such arm", "The study has no arm of this id.", "Correct the id."),
    "EK065": Rule("no such study", "There is no study of this id.", "Correct the id."),
    "EK066": Rule(
        "no such report",
        "A number stands in one of the study's reports.",
        "Correct the identifier, or add the report.",
    ),
    "EK067": Rule(
        "no such result", "The study has no such result of the outcome.", "Correct the id."
    ),
    "EK069": Rule(
        "report has no identifier",
        "Nobody could find it.",
        "Add doi, pmid, url or at least a citation.",
    ),
    # Listed by --strict
    "EK070": Rule(
        "study has no DOI of its own", "Strict: no report but reviews has one.", "Add it."
    ),
    "EK071": Rule("identifier is recalled", "Strict: it was written from memory.", "Look it up."),
    "EK072": Rule("fact is not stated", "Strict: year, funding or country.", "Add it."),
    "EK073": Rule("analysis_set is not stated", "Strict: who was analysed?", "Add it."),
    "EK074": Rule("judgement is a draft", "Strict: one person's judgement.", "Have it agreed."),
    # Plans
    "EK080": Rule(
        "condition cannot be read",
        "It does not follow the grammar of conditions.",
        "Correct it where the caret points.",
    ),
    "EK081": Rule(
        "condition looks at something that does not exist",
        "A path leads nowhere, or is compared with what it can never be.",
        "Use one of the names listed.",
    ),
    "EK082": Rule("unknown method", "The measure or method has no such name.", "Use a listed one."),
    "EK083": Rule(
        "text is missing in a language",
        "An analysis is rendered in each language under labels, and needs every text in it.",
        "Add the text, or remove the language.",
    ),
    "EK084": Rule(
        "a baseline risk has either value or derive", "Both or neither is given.", "Keep one."
    ),
    "EK085": Rule(
        "judgement is not signed",
        "A judgement needs a person, a day and a reason.",
        "Add by, on and rationale, or write not_assessed.",
    ),
    "EK086": Rule(
        "not a judgement of this domain",
        "Publication bias is undetected or strongly_suspected; other domains are graded.",
        "Use the words of the domain.",
    ),
    "EK087": Rule("no such GRADE domain", "There are five.", "Use one of their names."),
    "EK088": Rule(
        "no such sensitivity row", "reproduces names a row that is not there.", "Correct the id."
    ),
    "EK089": Rule(
        "directions contradict each other",
        "Which way is better differs between event_is and desirable, or between two outcomes "
        "of one label.",
        "Correct one of them.",
    ),
    "EK091": Rule(
        "measure does not suit the outcome", "E.g. a mean difference of events.", "Use another."
    ),
    "EK092": Rule(
        "selection contradicts itself",
        "A study is both excluded and shown, or pooled although it was never left out.",
        "Remove it in one place.",
    ),
    "EK093": Rule(
        "no study has this value",
        "The condition selects nothing by it, which is usually a spelling mistake.",
        "Check it against the values found.",
    ),
    "EK094": Rule(
        "search cannot be sent",
        "It is empty, or a bracket or quotation mark in it is not closed, and PubMed would search "
        "for something else.",
        "Correct it, and try it at PubMed.",
    ),
}
