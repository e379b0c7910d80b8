"""A paper or a table's rows as columns of facts, with the chips and networks that they name."""
