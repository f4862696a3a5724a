"""A text can take a side only if it is about politics: two questions, one product.

The first head learns which political texts take a side, the second which texts are political at
all. Words of everyday life then speak against the second, and names speak for it, and neither
says anything about sides.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

__all__ = ["TOPIC", "gated"]

TOPIC = "politik"
"""Name of the head that says whether a text is about politics."""

FloatArray = npt.NDArray[np.float64]


def gated(logits: FloatArray, heads: tuple[str, ...]) -> FloatArray:
    """Log-odds with the first column multiplied, as a probability, by that of the topic.

    Parameters
    ----------
    logits : ndarray of shape (n, n_heads)
    heads : tuple of str
        Names of the heads; without a topic head in second place nothing changes.

    Returns
    -------
    ndarray of shape (n, n_heads)

    Examples
    --------
    >>> p = 1 / (1 + np.exp(-gated(np.array([[2.0, 1.0]]), ("partisan", TOPIC))))
    >>> expected = 1 / (1 + np.exp(-2.0)) / (1 + np.exp(-1.0))
    >>> bool(abs(p[0, 0] - expected) < 1e-12)
    True
    """
    if len(heads) < 2 or heads[1] != TOPIC:
        return logits
    out = logits.copy()
    label, topic = -logits[:, 0], -logits[:, 1]
    # 1 / (s(l) s(t)) - 1 = e^-l + e^-t + e^-(l+t), in logarithms
    out[:, 0] = -np.logaddexp(np.logaddexp(label, topic), label + topic)
    return out
