"""``frame.netralitas``: a pandas accessor, there once this module is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from netralitas_nlp.integrations.display import Readings, show
from netralitas_nlp.model.scorer import Scorer, as_texts

if TYPE_CHECKING:
    import os

__all__ = ["NetralitasAccessor", "score_chunks"]


def score_chunks(
    chunks: Iterable[pd.DataFrame],
    text_column: str = "teks",
    *,
    scorer: Scorer | None = None,
    evidence: bool = False,
) -> Iterator[pd.DataFrame]:
    r"""Score frames as they come, so that a million rows need the memory of one chunk.

    Parameters
    ----------
    chunks : iterable of pandas.DataFrame
        For example ``pandas.read_csv(path, chunksize=50_000)``.
    text_column : str, default="teks"
        Column with the texts.
    scorer : Scorer, optional
        The bundled model by default.
    evidence : bool, default=False
        Whether to look for the words behind each decision, which is slower.

    Yields
    ------
    pandas.DataFrame
        Each chunk as `Scorer.score_frame` gives it: index and columns survive, a missing text is
        marked in ``skipped``.

    Examples
    --------
    >>> import io
    >>> table = io.StringIO("teks\nAyo coblos nomor 2!\nHujan turun.\nBesok libur.\n")
    >>> [len(part) for part in score_chunks(pd.read_csv(table, chunksize=2))]
    [2, 1]
    """
    scorer = scorer or Scorer.load()
    for chunk in chunks:
        yield scorer.score_frame(chunk, text_column, evidence=evidence)


@pd.api.extensions.register_dataframe_accessor("netralitas")
class NetralitasAccessor:
    """Scores a frame, or shows its texts, in a notebook.

    Parameters
    ----------
    frame : pandas.DataFrame

    Examples
    --------
    >>> import netralitas_nlp.integrations.frames
    >>> frame = pd.DataFrame({"teks": ["Ayo coblos nomor 2!", None]}, index=[7, 9])
    >>> frame.netralitas.score()[["verdict", "skipped"]]
        verdict  skipped
    7  partisan    False
    9    netral     True
    """

    def __init__(self, frame: pd.DataFrame):
        self._frame = frame

    def score(
        self,
        text_column: str = "teks",
        model: str | os.PathLike[str] = "bundled",
        *,
        evidence: bool = True,
    ) -> pd.DataFrame:
        """Score a column of texts.

        Parameters
        ----------
        text_column : str, default="teks"
        model : str or path-like, default="bundled"
            As for `Scorer.load`.
        evidence : bool, default=True
            Whether to add the words behind each decision.

        Returns
        -------
        pandas.DataFrame
            As of `Scorer.score_frame`.
        """
        return Scorer.load(model).score_frame(self._frame, text_column, evidence=evidence)

    def show(
        self, text_column: str = "teks", most: int = 20, model: str | os.PathLike[str] = "bundled"
    ) -> Readings:
        """Show the first texts with their evidence; only these are read.

        Parameters
        ----------
        text_column : str, default="teks"
        most : int, default=20
            How many texts.
        model : str or path-like, default="bundled"
            As for `Scorer.load`.

        Returns
        -------
        Readings
        """
        texts, _ = as_texts(self._frame[text_column].head(most).tolist())
        return show(Scorer.load(model).score_stream(texts), most)
