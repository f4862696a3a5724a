"""The labels of the data and the classes of a model, brought together."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["Labelling", "RowError", "oriented"]


class RowError(ValueError):
    """A row that cannot be measured.

    Parameters
    ----------
    position : int
        Of the row, from 0; the message counts from 2, below a header.
    problem : str
    of_baseline : bool, default=False
        Whether it is a row of what the baseline learns from.
    """

    def __init__(self, position: int, problem: str, of_baseline: bool = False):
        whose = "baseline_train, " if of_baseline else ""
        super().__init__(f"{whose}row {position + 2:,}: {problem}")
        self.position, self.problem, self.of_baseline = position, problem, of_baseline


@dataclass(frozen=True)
class Labelling:
    """Names of the classes in the data.

    Attributes
    ----------
    classes : tuple of str
        Classes of the model that is measured, in its order.
    names : tuple of str
        What the data call them.
    positive : str
        One of `names`.
    """

    classes: tuple[str, ...]
    names: tuple[str, ...]
    positive: str

    @property
    def column(self) -> int:
        """Place of the positive class."""
        return self.names.index(self.positive)

    @classmethod
    def of(
        cls, classes: Sequence[str], own: str, labels: Sequence[Any], positive: str | None
    ) -> Labelling:
        """Find which label of the data is which class.

        Parameters
        ----------
        classes : sequence of str
            Of the model.
        own : str
            The model's positive class.
        labels : sequence
            Of the data.
        positive : str or None
            The label that is looked for.

        Returns
        -------
        Labelling

        Raises
        ------
        ValueError
            If `positive` is neither a class nor one of two labels of the data.

        Examples
        --------
        >>> Labelling.of(["netral", "partisan"], "partisan", ["1", "0", "0"], "1").names
        ('0', '1')
        """
        names = list(map(str, classes))
        positive = None if positive is None else str(positive)
        if positive is None or positive in names:
            return cls(tuple(names), tuple(names), positive or own)
        given = sorted({str(label) for label in labels})
        if len(names) != 2 or positive not in given or len(given) > 2:
            found = ", ".join(given[:10]) + (", ..." if len(given) > 10 else "")
            raise ValueError(
                f"positive label {positive!r} is none of the model's classes "
                f"({', '.join(names)}) and not one of two labels in the data ({found})"
            )
        place = names.index(own)
        renamed = ["", ""]
        renamed[place] = positive
        rest = [name for name in given if name != positive]
        renamed[1 - place] = rest[0] if rest else names[1 - place]
        return cls(tuple(names), tuple(renamed), positive)

    def codes(self, labels: Sequence[Any]) -> npt.NDArray[np.int64]:
        """Place of each label among the names.

        Parameters
        ----------
        labels : sequence

        Returns
        -------
        ndarray of int of shape (n,)

        Raises
        ------
        RowError
            If a label is none of the names.
        """
        place = {name: i for i, name in enumerate(self.names)}
        out = np.empty(len(labels), dtype=np.int64)
        for i, label in enumerate(labels):
            code = place.get(str(label))
            if code is None:
                near = difflib.get_close_matches(str(label), self.names, 1)
                hint = f"; did you mean {near[0]!r}?" if near else ""
                raise RowError(
                    i, f"label {str(label)!r} is not one of {', '.join(self.names)}{hint}"
                )
            out[i] = code
        return out


def oriented(scorer: Any, labelling: Labelling) -> tuple[list[int], dict[str, float]]:
    """How to read a model's columns and review band as the data name them.

    Parameters
    ----------
    scorer : Scorer
    labelling : Labelling

    Returns
    -------
    order : list of int
        Columns of the model in the order of the names.
    thresholds : dict
        Edges of the review band for the positive label. Of two classes the other one has the
        mirrored band.

    Raises
    ------
    ValueError
        If the model has other classes.
    """
    own = list(map(str, scorer.classes_))
    wanted = list(labelling.classes)
    if sorted(own) == sorted(wanted):
        order = [own.index(name) for name in wanted]
    elif len(own) == len(wanted) == 2:
        # two models of two classes under other names: positive answers positive
        column = own.index(scorer.positive)
        order = [column, 1 - column] if labelling.column == 0 else [1 - column, column]
    else:
        raise ValueError(f"the model has classes {', '.join(own)}, expected {', '.join(wanted)}")
    thresholds = {name: float(scorer.thresholds[name]) for name in ("tinjau", "partisan")}
    if order[labelling.column] == own.index(scorer.positive):
        return order, thresholds
    if len(own) != 2:
        raise ValueError(
            f"the review band of the model speaks of {scorer.positive!r}, not of "
            f"{labelling.positive!r}; train with that positive label or leave it out"
        )
    mirrored = {"tinjau": 1.0 - thresholds["partisan"], "partisan": 1.0 - thresholds["tinjau"]}
    return order, mirrored
