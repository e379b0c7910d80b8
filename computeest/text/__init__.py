"""How people write: numbers, units, dates, names and notes. Knows no column."""
