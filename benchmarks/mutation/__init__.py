"""Mutants: where code can be changed a little (`points`), who runs it (`cover`), what is noticed (`worker`)."""
