"""The built-in layouts of tables: what the headers of known datasets mean, and their conventions."""
