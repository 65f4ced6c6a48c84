"""Parsing: the tree equals PyYAML's where both speak the same language; nothing crashes."""

from __future__ import annotations

import json

import pytest
import yaml as pyyaml
from hypothesis import given, settings
from hypothesis import strategies as st

from evidencekit.workspace import yaml
from evidencekit.workspace.document import Document, MappingNode, Quoted, SequenceNode, token_length
from evidencekit.workspace.files import MAX_BYTES
from evidencekit.workspace.yaml import parse, parse_bytes

WORDS = st.from_regex(r"[a-z][a-z0-9]{0,6}", fullmatch=True).filter(
    lambda word: word not in ("y", "n", "yes", "no", "on", "off", "true", "false", "null")
)
TEXTS = WORDS | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=8)
TREES = st.recursive(
    TEXTS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(TEXTS.filter(lambda t: t not in ("", "<<")), inner, max_size=4)
    ),
    max_leaves=15,
)


def tree(text: str) -> object:
    document, findings = parse(text)
    assert findings == [], findings
    return document.root


@settings(derandomize=True, max_examples=200)
@given(value=TREES, flow=st.sampled_from([None, True, False]))
def test_the_tree_equals_pyyaml_for_texts_lists_and_mappings(value: object, flow: object) -> None:
    # Every text is quoted where PyYAML would read anything but a text.
    text = pyyaml.safe_dump(value, allow_unicode=True, default_flow_style=flow, sort_keys=False)
    document, findings = parse(text)
    expected = pyyaml.safe_load(text)
    if document.root is None:  # an empty file is a finding here
        assert expected in ("", None)
        return
    assert document.root == expected
    assert findings == []


@settings(derandomize=True, max_examples=200)
@given(value=TREES)
def test_every_position_points_at_its_text(value: object) -> None:
    text = json.dumps({"root": value}, ensure_ascii=True, indent=1)
    document, _ = parse(text)
    _check_positions(document, document.root)


def _check_positions(document: Document, node: object) -> None:
    if isinstance(node, MappingNode):
        assert len(node) == len(node.keys_at) == len(node.values_at)
        for key, at in zip(node, node.keys_at, strict=True):
            assert json.loads(document.text[at:].split('"', 2)[1].join('""')) == key or "\\" in key
        for value, at in zip(node.values(), node.values_at, strict=True):
            assert document.text[at] in '{["'
            _check_positions(document, value)
    elif isinstance(node, SequenceNode):
        assert len(node) == len(node.items_at)
        for value in node:
            _check_positions(document, value)


@settings(derandomize=True, max_examples=500)
@given(data=st.binary(max_size=80))
def test_no_bytes_crash_the_parser(data: bytes) -> None:
    document, findings = parse_bytes(data, file="x.yaml")
    assert document.root is not None or findings
    for finding in findings:
        assert str(finding)


ALPHABET = "a1 :-\n\t[]{},&*!|>'\"%@`#?<=.\\\r\x00\x07\ud800\x85\u2028é😀~"


@settings(derandomize=True, max_examples=1500)
@given(text=st.text(ALPHABET, max_size=40))
@pytest.mark.parametrize("engine", ["CSafeLoader", "SafeLoader"])
def test_no_text_crashes_the_parser(engine: str, text: str) -> None:
    # The pure Python engine serves where PyYAML was built without libyaml.
    before = yaml._Loader
    yaml._Loader = getattr(pyyaml, engine)
    try:
        document, findings = parse(text)
    finally:
        yaml._Loader = before
    assert document.root is not None or findings
    for finding in findings:
        assert str(finding)
        assert finding.place.line >= 0


def test_scalars_keep_their_text() -> None:
    text = 'a: NO\nb: 010\nc: 0.90\nd: 12:30\ne: 1e-3\nf: 2026-01-01\ng: "0.90"\nh: yes\ni:\n'
    root = tree(text)
    assert root == {
        "a": "NO",
        "b": "010",
        "c": "0.90",
        "d": "12:30",
        "e": "1e-3",
        "f": "2026-01-01",
        "g": "0.90",
        "h": "yes",
        "i": "",
    }
    assert isinstance(root, MappingNode)
    assert type(root["c"]) is str
    assert type(root["g"]) is Quoted


def test_places_count_characters_and_any_line_end() -> None:
    document, _ = parse_bytes(
        "\ufeffé: 1\r\nkey: {ü: 😀, x: here}\rlast: z".encode(), file="f.yaml"
    )
    assert document.root == {"é": "1", "key": {"ü": "😀", "x": "here"}, "last": "z"}
    assert str(document.place(document.locate(["key", "x"])[0])) == "f.yaml:2:16"
    assert str(document.place(document.key_at(["key", "x"]))) == "f.yaml:2:13"
    assert str(document.place(document.locate(["last"])[0])) == "f.yaml:3:7"


def test_a_path_that_is_not_in_the_file_gives_the_deepest_node_that_is() -> None:
    document, _ = parse("a:\n  b: [x, y]\n")
    assert document.locate(["a", "b", 1])[1] == "y"
    assert document.locate(["a", "b", 7])[1] == ["x", "y"]
    assert document.locate(["a", "c", 0])[1] == {"b": ["x", "y"]}
    assert document.locate(["a", "b", "c"])[1] == ["x", "y"]


@pytest.mark.parametrize(
    ("text", "reported"),
    [
        ("a: 10.1000/x #2", "error"),
        ("a: https://x.nl/a #b", "error"),
        ("a: mg/day #2", "warning"),
        ("a: https://x.nl/a # the page", "warning"),
        ("a: mg/day # per person", ""),
        ("a: 0.9 #", ""),
        ("a: 10.5 # ten and a half", ""),
        ('a: "10.1000/x" # quoted', ""),
        ("a: 10.1000/x#2", ""),
        ("# 10.1000/x #2\na: b", ""),
    ],
)
def test_a_comment_that_may_cut_a_value(text: str, reported: str) -> None:
    findings = parse(text)[1]
    assert [f.severity for f in findings] == ([reported] if reported else [])
    assert {f.code for f in findings} <= {"EK009"}


def test_a_huge_file_is_refused_without_being_parsed() -> None:
    document, findings = parse_bytes(b"a" * (MAX_BYTES + 1), file="big.yaml")
    assert document.root is None
    assert [str(f) for f in findings] == [
        "EK005 big.yaml  file is too large\n"
        "      32 MB; at most 32 MB are read - split it, one study per file"
    ]


def test_an_alias_bomb_is_not_expanded() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 10)}]" for i in range(1, 12)]
    findings = parse("\n".join(lines))[1]
    assert {f.code for f in findings} == {"EK010"}
    assert len(findings) == 12 + 110


@pytest.mark.parametrize(
    ("rest", "length"),
    [
        ("abc: d", 3),
        ("abc:", 3),
        ("abc # d", 3),
        ('"a\\"b" c', 6),
        ("'it''s' x", 7),
        ("'open", 5),
        ('[a, "]", {b: c}] x', 16),
        ("[a,", 3),
        ("", 0),
    ],
)
def test_the_length_of_what_is_marked(rest: str, length: int) -> None:
    assert token_length(rest) == length


def test_a_number_sign_right_after_a_blank_is_remarked_on() -> None:
    for text in ("label: Alpha #2\n", "text: adults in ward #2 of the hospital\n"):
        _, findings = parse(text, file="x.yaml")
        assert [(f.code, f.severity) for f in findings] == [("EK009", "warning")]
    _, findings = parse("total: 5 # an ordinary comment\n", file="x.yaml")
    assert findings == []


@pytest.mark.parametrize("escape", ["\\0", "\\a", "\\e[31m", "\\uffff", "\\x9b"])
def test_an_escape_cannot_smuggle_a_control_character(escape: str) -> None:
    _, findings = parse(f'label: "a{escape}b"\n', file="x.yaml")
    assert [(f.code, f.severity, f.place.line) for f in findings] == [("EK003", "error", 1)]


def test_ordinary_escapes_are_welcome() -> None:
    document, findings = parse('label: "a\\tb\\nc \\u00e9"\n', file="x.yaml")
    assert findings == []
    assert document.root == {"label": "a\tb\nc é"}
