from __future__ import annotations

import numpy as np
import pytest

from netralitas_nlp.training.duplicates import components, near_duplicates, same_text
from netralitas_nlp.training.splits import kept_together, stratified_folds

_TEXT = (
    "pagi ini pasar ramai sekali karena harga cabai turun dan ibu ibu datang membawa keranjang "
    "besar lalu pulang naik angkot yang penuh sesak menuju kampung di tepi sungai"
)
WORDS = _TEXT.split()


def sentence(random, n=14):
    return " ".join(random.choice(WORDS) + str(random.integers(0, 40)) for _ in range(n))


def test_copies_with_small_changes_are_one_cluster():
    random = np.random.default_rng(0)
    texts, owner = [], []
    for k in range(60):
        text = sentence(random)
        copies = [text, text.upper() + "!!", f"RT @akun: {text} https://contoh.id/{k}",
                  text.rsplit(" ", 1)[0] + " lain"]  # fmt: skip
        texts += copies
        owner += [k] * len(copies)
    order = random.permutation(len(texts))
    found = near_duplicates([texts[i] for i in order])
    truth = np.array(owner)[order]
    pairs = set(zip(found.tolist(), truth.tolist(), strict=True))
    assert len(pairs) == 60  # each cluster is one original, each original one cluster
    assert len(set(found)) == 60


def test_other_texts_stay_apart():
    random = np.random.default_rng(1)
    texts = [sentence(random) for _ in range(300)]
    assert len(set(near_duplicates(texts))) == 300
    # half of the words shared is not a copy
    assert len(set(near_duplicates(["a b c d e f g h i j", "a b c d e k l m n o"]))) == 2


def test_empty_texts_are_no_copies_of_each_other():
    assert near_duplicates(["", "  ", "!!", "halo", "halo!"]).tolist() == [0, 1, 2, 3, 3]
    assert near_duplicates([]).tolist() == []


def test_clusters_do_not_depend_on_the_hash_seed(python):
    code = (
        "from netralitas_nlp.training.duplicates import near_duplicates\n"
        "t = [f'kata {i % 7} pasar {i % 5} ramai hari ini {i % 3}' for i in range(60)]\n"
        "print(near_duplicates(t).tolist())"
    )
    out = {python(code, PYTHONHASHSEED=seed).stdout for seed in ("1", "77")}
    assert len(out) == 1
    assert "[0," in out.pop()


def test_many_copies_of_one_text_are_quick_and_one_cluster():
    texts = [
        f"{i} selamat pagi semua warga kampung kita yang tercinta dan terhormat"
        for i in range(3000)
    ]
    assert len(set(near_duplicates(texts))) == 1


def test_same_text():
    assert same_text("Halo,  DUNIA!") == same_text("halo dunia")
    assert same_text("halo dunia") != same_text("halo bumi")


def test_components():
    assert components(4, np.array([[0, 2], [2, 3]])).tolist() == [0, 1, 0, 0]


def test_groups_and_clusters_join():
    parts = kept_together(np.array([0, 1, 0, 3]), ["x", "y", "y", ""])
    assert parts.tolist() == [0, 0, 0, 1]
    assert kept_together(np.array([0, 1]), ["", ""]).tolist() == [0, 1]


@pytest.mark.parametrize("seed", range(4))
def test_parts_are_never_on_both_sides_and_classes_are_spread(seed):
    random = np.random.default_rng(seed)
    target = random.choice(3, 400, p=[0.8, 0.15, 0.05])
    parts = random.integers(0, 150, 400)
    _, parts = np.unique(parts, return_inverse=True)
    splits = stratified_folds(target, parts, 5, seed)
    assert sorted(np.concatenate([test for _, test in splits]).tolist()) == list(range(400))
    share = np.bincount(target, minlength=3) / 400
    for train, test in splits:
        assert not set(parts[train]) & set(parts[test])
        assert set(target[train]) == {0, 1, 2}
        assert np.abs(np.bincount(target[test], minlength=3) / len(test) - share).max() < 0.06


def test_fewer_folds_for_a_small_class():
    target = np.array([0] * 20 + [1, 1, 1])
    splits = stratified_folds(target, np.arange(23), 5)
    assert len(splits) == 3
    assert all((target[test] == 1).sum() == 1 for _, test in splits)


def test_a_class_in_one_part_cannot_be_held_out():
    with pytest.raises(ValueError, match="1"):
        stratified_folds(np.array([0, 0, 1, 1]), np.array([0, 1, 2, 2]), 2)


def rows_of(parts):
    target = np.array([k for classes in parts for k in classes])
    return target, np.repeat(np.arange(len(parts)), [len(classes) for classes in parts])


@pytest.mark.parametrize(
    "classes",
    [
        [[0, 2, 2], [0, 1, 1], [2], [1, 2]],
        [[0, 1], [1, 2], [0, 2]],  # no two folds will do
        [[0, 1, 2], [0, 3, 4], [1, 3, 5], [2, 4, 5]],  # nor three
    ],
)
@pytest.mark.parametrize("seed", range(8))
def test_a_split_that_exists_is_found(classes, seed):
    target, parts = rows_of(classes)
    splits = stratified_folds(target, parts, 3, seed)
    assert sorted(np.concatenate([test for _, test in splits]).tolist()) == list(range(len(target)))
    for train, test in splits:
        assert set(target[train]) == set(target)
        assert not set(parts[train]) & set(parts[test])
    again = stratified_folds(target, parts, 3, seed)
    assert [test.tolist() for _, test in again] == [test.tolist() for _, test in splits]
