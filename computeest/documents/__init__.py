"""Documents as their authors published them: their passages and tables, the facts in them, and a paper drafted."""
