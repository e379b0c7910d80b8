"""`python -m computeest` is the command line."""

from computeest.cli.app import main

if __name__ == "__main__":
    main()
