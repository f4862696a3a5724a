from __future__ import annotations

import csv

import numpy as np
import pytest

from netralitas_nlp.training.audit import (
    KINDS,
    Audit,
    Finding,
    audit_rows,
    is_indonesian,
    suspicious_labels,
)
from netralitas_nlp.training.duplicates import near_duplicates


def audited(rows, groups=None):
    texts, labels = [row[0] for row in rows], [row[1] for row in rows]
    found = Audit(rows=len(rows))
    numbers = list(range(2, len(rows) + 2))
    audit_rows(found, numbers, texts, labels, near_duplicates(texts), groups)
    return {(f.row, f.kind) for f in found.findings}


LONG = "warga kampung bawah mengeluh air sungai keruh lagi sejak hujan deras kemarin malam"


def test_copies_and_contradictions():
    found = audited(
        [
            (LONG, "a"),
            (LONG.upper() + "!", "a"),
            (LONG + " sekali", "b"),
            ("harga cabai naik", "a"),
            ("harga cabai naik", "b"),
            ("hujan", "b"),
        ]
    )
    assert (3, "duplicate") in found
    assert (4, "near-duplicate") in found
    assert {row for row, kind in found if kind == "same text, two labels"} == {2, 3, 4, 5, 6}
    assert not {kind for row, kind in found if row == 7} - {"small class"}


def test_leaks_between_groups():
    rows = [(LONG, "a"), (LONG + "!", "a"), ("hujan deras", "a"), ("hujan deras", "a")]
    found = audited(rows, ["akun1", "akun2", "akun3", "akun3"])
    assert {row for row, kind in found if kind == "leak between groups"} == {2, 3}


def test_small_classes():
    rows = [(f"teks nomor {i}", "besar") for i in range(40)] + [("lain sama sekali", "kecil")]
    assert {r for r, k in audited(rows) if k == "small class"} == {42}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Saya kecewa sekali dengan pelayanan di kantor kelurahan tadi pagi", True),
        ("gak nyangka bgt filmnya sebagus itu, nonton lagi ah besok", True),
        ("I really think this government is doing a great job for all of us", False),
        ("Der Markt war heute morgen wegen des schlechten Wetters fast leer", False),
        ("ok", True),
        ("", True),
    ],
)
def test_language(text, expected):
    assert is_indonesian(text) is expected


def test_suspicious_labels_are_those_that_were_turned():
    random = np.random.default_rng(0)
    target = random.integers(0, 3, 600)
    logits = random.normal(0, 0.5, (600, 3))
    logits[np.arange(600), target] += 5
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    turned = random.permutation(600)[:30]
    wrong = target.copy()
    wrong[turned] = (target[turned] + 1) % 3
    found = suspicious_labels(p, wrong)
    assert {row for row, _ in found} <= set(turned.tolist())
    assert len(found) >= 27
    assert all(other == target[row] for row, other in found)
    unsure = np.full((600, 3), 1 / 3)
    assert suspicious_labels(unsure, wrong) == []


def test_table_and_file(tmp_path):
    found = Audit(10, 8, {"a": 4, "b": 4}, [
        Finding(9, "no label", "", "", "x"), Finding(3, "empty text", "", "a", "=1+1"),
    ])  # fmt: skip
    lines = found.to_text().splitlines()
    assert len(lines) == 2 + len(KINDS)
    assert any(line.split()[:4] == ["empty", "text", "1", "first"] for line in lines)
    found.write(tmp_path / "audit.csv")
    rows = list(csv.DictReader((tmp_path / "audit.csv").read_text("utf-8").splitlines()))
    assert [int(row["row"]) for row in rows] == [3, 9]
    assert rows[0]["text"] == "'=1+1"
    assert found.to_dict()["found"]["no label"] == 1


def test_names_of_groups_and_labels_are_masked(tmp_path):
    found = Audit(rows=2)
    number, address = "081234567890", "budi@contoh.id"
    many = [f"{i:03} {number}" for i in range(30)]  # cut somewhere inside a number
    rows = [2 + i for i in range(30)]
    for groups in ([number, address] * 15, many):
        labels = [number, address] * 15
        audit_rows(found, rows, [LONG] * 30, labels, np.zeros(30, dtype=np.int64), groups)
    found.add(9, "stray label", f"{number!r} stands in 1 row(s)", number, LONG)
    found.write(tmp_path / "audit.csv")
    said = (tmp_path / "audit.csv").read_text("utf-8")
    assert "stands in •" in said
    assert "0812" not in said
    assert "budi" not in said
    assert not any("0812" in str(finding) for finding in found.findings)
