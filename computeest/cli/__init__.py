"""The command line: one module a command group; app.py puts them together."""
