"""The built-in rules: what papers leave implicit."""
