"""Values that are made when they are asked for."""

from __future__ import annotations

import functools
from typing import Any, TypeVar, overload

__all__ = ["cached_property"]

T = TypeVar("T")


class cached_property(functools.cached_property[T]):  # noqa: N801
    """A property that is computed once, as `functools.cached_property` of Python 3.12.

    Before 3.12 that one holds a lock meanwhile, one for all instances: a process that was forked
    while another thread held it would wait without end.

    Examples
    --------
    >>> class Text:
    ...     @cached_property
    ...     def words(self):
    ...         print("made")
    ...         return ["ayo", "coblos"]
    >>> text = Text()
    >>> text.words, text.words
    made
    (['ayo', 'coblos'], ['ayo', 'coblos'])
    """

    @overload
    def __get__(self, instance: None, owner: type[Any] | None = None) -> cached_property[T]: ...

    @overload
    def __get__(self, instance: object, owner: type[Any] | None = None) -> T: ...

    def __get__(
        self, instance: object | None, owner: type[Any] | None = None
    ) -> cached_property[T] | T:
        """Compute the value and keep it on the instance."""
        if instance is None:
            return self
        assert self.attrname is not None
        value = instance.__dict__[self.attrname] = self.func(instance)
        return value
