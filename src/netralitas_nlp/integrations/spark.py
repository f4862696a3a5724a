"""Spark: a frame in, the same frame with scores out, the model loaded once in each worker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from netralitas_nlp.model.assessment import SIGNALS
from netralitas_nlp.model.scorer import Scorer

if TYPE_CHECKING:
    import pandas as pd
    from pyspark.sql import DataFrame

__all__ = ["score_frame"]


@lru_cache(maxsize=2)
def _scorer(model: str) -> Scorer:
    """One for each Python worker, which Spark keeps alive from task to task."""
    return Scorer.load(model)


def score_frame(
    df: DataFrame,
    text_column: str = "teks",
    *,
    model: str | os.PathLike[str] = "bundled",
    evidence: bool = False,
) -> DataFrame:
    """Score a column of a Spark frame.

    Parameters
    ----------
    df : pyspark.sql.DataFrame
        Read lazily, partition by partition; nothing is collected.
    text_column : str, default="teks"
        Column with the texts, of type string.
    model : str or path-like, default="bundled"
        As for `Scorer.load`; a path that every worker can read.
    evidence : bool, default=False
        Whether to add the words behind each decision, which is slower.

    Returns
    -------
    pyspark.sql.DataFrame
        The columns of `df`, then ``prob_partisan`` (by the name of the model's positive label),
        ``verdict``, ``skipped`` (the text was null), one column for each signal, and ``evidence``,
        an array of structs, if asked for.

    Raises
    ------
    ImportError
        If pyspark is missing, naming the command that installs it.
    ValueError
        If there is no such column, it holds no strings, or a new column would replace one.
    """
    try:
        from pyspark.sql import types
    except ImportError:
        raise ImportError(
            "scoring Spark frames needs pyspark; pip install 'netralitas-nlp[spark]'"
        ) from None
    name = os.fspath(model)
    positive = _scorer(name).positive  # a missing model is noticed here, not in a worker
    added = [
        types.StructField(f"prob_{positive}", types.DoubleType()),
        types.StructField("verdict", types.StringType()),
        types.StructField("skipped", types.BooleanType()),
        *(types.StructField(signal, types.DoubleType()) for signal in SIGNALS),
    ]
    if evidence:
        span = types.StructType(
            [
                types.StructField("start", types.IntegerType()),
                types.StructField("end", types.IntegerType()),
                types.StructField("text", types.StringType()),
                types.StructField("signal", types.StringType()),
                types.StructField("weight", types.DoubleType()),
            ]
        )
        added.append(types.StructField("evidence", types.ArrayType(span)))
    fields = {field.name: field for field in df.schema.fields}
    if text_column not in fields:
        raise ValueError(f"no column {text_column!r}; the frame has {', '.join(fields)}")
    if not isinstance(fields[text_column].dataType, types.StringType):
        kind = fields[text_column].dataType.simpleString()
        raise ValueError(f"column {text_column!r} is of type {kind}; cast it to string")
    clash = [field.name for field in added if field.name in fields]
    if clash:
        raise ValueError(f"the frame already has column {clash[0]!r}; rename or drop it")
    schema = types.StructType([*df.schema.fields, *added])

    def scored(batches: Iterator[pd.DataFrame]) -> Iterator[pd.DataFrame]:
        scorer = _scorer(name)
        for batch in batches:
            out = scorer.score_frame(batch, text_column, evidence=evidence)
            for signal in SIGNALS:  # one that the model does not read is null
                if signal not in out.columns:
                    out[signal] = float("nan")
            yield out[schema.fieldNames()]

    return df.mapInPandas(scored, schema)
