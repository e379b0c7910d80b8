"""`python -m computeest` is the command line, and so is the command `computeest`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the command line; Ctrl-C ends it without a traceback while it is still being loaded, too."""
    try:
        from computeest.cli import help_text

        words = sys.argv[1:]
        if help_text.recalled(words):
            return
        from computeest.cli import commands, compiled

        command = words[0] if words and words[0] in commands.NAMES else "none"
        before = compiled.recall(command)
        from computeest.cli.app import main as run
    except KeyboardInterrupt:
        sys.exit(130)
    try:
        run()
    finally:
        compiled.keep(command, before)


if __name__ == "__main__":
    main()
