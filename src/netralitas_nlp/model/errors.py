"""What can go wrong with a model."""

__all__ = ["ArtefactError", "MissingExtraError", "UnknownModelError"]


class ArtefactError(ValueError):
    """A model file is damaged, altered, unsafe or of a format this version cannot read."""


class UnknownModelError(FileNotFoundError):
    """There is no model of that name or at that path."""


class MissingExtraError(ModuleNotFoundError):
    """A model needs a package that is not installed; the message names the command."""
