from __future__ import annotations

import hashlib
from pathlib import Path

from netralitas_nlp.training import PartisanshipClassifier, train_from_csv


def fingerprint(folder):
    return {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(Path(folder).iterdir())
    }


def test_same_data_same_bytes(small_folder, posts, tmp_path):
    texts, labels, signals = posts
    again = PartisanshipClassifier(folds=3).fit(texts, labels, signals=signals)
    # reading other texts before saving must leave no trace
    again.predict_proba(["kata yang baru sama sekali", *texts])
    assert fingerprint(again.save(tmp_path / "m", {"name": "small"})) == fingerprint(small_folder)


def test_other_data_other_bytes(small_folder, posts, tmp_path):
    texts, labels, signals = posts
    other = PartisanshipClassifier(folds=3).fit(texts[2:], labels[2:], signals=signals[2:])
    assert fingerprint(other.save(tmp_path / "m", {"name": "small"})) != fingerprint(small_folder)


def test_two_processes_with_other_hash_seeds(labelled, tmp_path, python):
    table = tmp_path / "posts.csv"
    table.write_text(labelled, encoding="utf-8")
    code = """
import sys
from netralitas_nlp.training import train_from_csv
train_from_csv(sys.argv[1], sys.argv[2], signal_column="sinyal", folds=3)
"""
    prints = []
    for seed in ("1", "4242"):
        target = tmp_path / seed / "m"
        done = python(code, str(table), str(target), PYTHONHASHSEED=seed)
        assert done.returncode == 0, done.stderr
        prints.append(fingerprint(target))
    assert prints[0] == prints[1]
    train_from_csv(table, tmp_path / "m", signal_column="sinyal", folds=3)
    assert fingerprint(tmp_path / "m") == prints[0]
