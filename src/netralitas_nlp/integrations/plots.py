"""Pictures of reports and scored frames with matplotlib, which is loaded when one is drawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from netralitas_nlp.model.assessment import SIGNALS

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes

__all__ = ["plot_precision_recall", "plot_reliability", "plot_signals"]

# The signals differ in line and mark as well as in colour.
_LINES = ("-", "--", "-.", ":", "-", "--")
_MARKS = ("o", "s", "^", "D", "v", "P")
_COLOURS = ("#2f7d32", "#b36200", "#b3261e", "#1f5fa8", "#6a3d9a", "#5b5b2f")
_INK, _SOFT, _BLUE = "#1b1f24", "#57606a", "#1f5fa8"
_SQUARE, _WIDE = (5.0, 4.2), (8.0, 3.8)


class _Report(Protocol):
    """What is drawn of an evaluation report."""

    @property
    def reliability(self) -> Sequence[Mapping[str, Any]]: ...
    @property
    def curve(self) -> Sequence[Sequence[float]]: ...
    @property
    def figures(self) -> Mapping[str, Any]: ...
    @property
    def thresholds(self) -> Sequence[Mapping[str, Any]]: ...


def _axes(axes: Axes | None, size: tuple[float, float], **labels: Any) -> Axes:
    """Where to draw, named and with a grid; a new figure if nothing is given."""
    if axes is None:
        try:
            from matplotlib import pyplot
        except ImportError:
            raise ImportError(
                "drawing needs matplotlib; pip install 'netralitas-nlp[plots]'"
            ) from None
        axes = pyplot.subplots(figsize=size, layout="constrained")[1]
    axes.set(**labels)
    axes.grid(alpha=0.3)
    return axes


def plot_reliability(report: _Report, axes: Axes | None = None) -> Axes:
    """Are the probabilities honest: predicted against observed shares.

    Parameters
    ----------
    report : Report
        Of `evaluate`.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is missing, naming the command that installs it.
    """
    axes = _axes(
        axes, _SQUARE, xlim=(0, 1), ylim=(0, 1), xlabel="peluang menurut model",
        ylabel="bagian yang memang memihak", title="Apakah peluangnya jujur?",
    )  # fmt: skip
    rows = [row for row in report.reliability if row["n"]]
    largest = max((row["n"] for row in rows), default=1)
    stated, observed = [row["stated"] for row in rows], [row["observed"] for row in rows]
    axes.plot([0, 1], [0, 1], "--", color=_SOFT, lw=1, label="peluang yang jujur")
    axes.plot(stated, observed, "-", color=_BLUE)
    axes.scatter(
        stated, observed, s=[20 + 180 * row["n"] / largest for row in rows], color=_BLUE,
        edgecolor=_INK, zorder=3, clip_on=False, label="teks dengan peluang serupa",
    )  # fmt: skip
    axes.legend(frameon=False, loc="upper left")
    return axes


def plot_precision_recall(report: _Report, axes: Axes | None = None) -> Axes:
    """Precision against recall, with the thresholds of the model marked by name.

    Parameters
    ----------
    report : Report
        Of `evaluate`.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    ImportError
        If matplotlib is missing, naming the command that installs it.
    """
    axes = _axes(
        axes, _SQUARE, xlim=(0, 1.02), ylim=(0, 1.02), xlabel="recall: bagian yang ditemukan",
        ylabel="presisi: bagian tanda yang tepat", title="Presisi dan recall",
    )  # fmt: skip
    axes.plot([p[0] for p in report.curve], [p[1] for p in report.curve], color=_BLUE, lw=2)
    prevalence = report.figures["prevalence"]
    axes.axhline(prevalence, ls="--", lw=1, color=_SOFT)
    axes.annotate("menebak saja", (0.02, prevalence), xytext=(0, 3), textcoords="offset points",
                  color=_SOFT, fontsize=9)  # fmt: skip
    for row in report.thresholds:
        if row["name"] in ("tinjau", "partisan") and row["recall"] is not None:
            at = (row["recall"], row["precision"])
            axes.plot(*at, "o", color="white", markeredgecolor=_INK, zorder=3)
            axes.annotate(f"{row['name']} ≥ {row['threshold']:.2f}", at, xytext=(-8, -12),
                          textcoords="offset points", fontsize=9, ha="right")  # fmt: skip
    return axes


def plot_signals(
    frame: pd.DataFrame,
    date_column: str = "tanggal",
    freq: str = "W",
    axes: Axes | None = None,
    least: float = 0.5,
) -> Axes:
    """Share of texts with each signal over time.

    Shares, not counts, so that a busy week does not look like a partisan one. Texts are counted,
    never people.

    Parameters
    ----------
    frame : pandas.DataFrame
        Scored, with a column of dates.
    date_column : str, default="tanggal"
    freq : str, default="W"
        Length of a period, as for `pandas.Series.dt.to_period`: ``"D"``, ``"W"``, ``"M"``.
    axes : matplotlib.axes.Axes, optional
        Where to draw; a new figure by default.
    least : float, default=0.5
        A signal counts from this probability on.

    Returns
    -------
    matplotlib.axes.Axes

    Raises
    ------
    KeyError
        If the frame has no such column, or is not scored.
    ImportError
        If matplotlib is missing, naming the command that installs it.
    """
    import pandas as pd

    for column in (date_column, *SIGNALS):
        if column not in frame.columns:
            hint = "; score it first" if column in SIGNALS else "; name it with date_column"
            raise KeyError(f"no column {column!r} in the frame{hint}")
    axes = _axes(axes, _WIDE, ylabel="% teks dengan sinyal", title="Sinyal menurut waktu")
    days = pd.to_datetime(frame[date_column], errors="coerce")
    dated = frame.loc[days.notna(), list(SIGNALS)] >= least
    share = dated.groupby(days[days.notna()].dt.to_period(freq)).mean()
    where = share.index.to_timestamp()
    for i, name in enumerate(SIGNALS):
        axes.plot(where, 100 * share[name], ls=_LINES[i], marker=_MARKS[i], color=_COLOURS[i],
                  ms=5, lw=1.6, label=name)  # fmt: skip
    axes.set_ylim(bottom=0)
    # beside the lines, not on them
    axes.legend(frameon=False, fontsize=9, loc="center left", bbox_to_anchor=(1.0, 0.5))
    axes.figure.autofmt_xdate()
    return axes
