"""The built-in checks: what facts and results must not say together."""
