"""`python -m computeest` is the command line, and so is the command `computeest`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback while it is still being loaded, too."""
    try:
        from computeest.cli import help_text

        if help_text.recalled(sys.argv[1:]):
            return
        from computeest.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    run()


if __name__ == "__main__":
    main()
