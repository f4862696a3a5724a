"""Starts the ``netralitas`` command; Ctrl-C while it is still being loaded is one line, too."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run the command."""
    try:
        from netralitas_nlp.cli import main as command

        command()
    except KeyboardInterrupt:
        sys.stderr.write("netralitas: stopped\n")
        sys.exit(2)


if __name__ == "__main__":
    main()
