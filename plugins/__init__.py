"""The built-in methods and model families, one idea a module; each registers through an entry point."""
