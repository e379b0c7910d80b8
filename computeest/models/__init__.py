"""Well-known models that others start from: what their developers state of them, value by value with its source.

`table.find` finds one by any of its names. The compute of an entry is never typed in: `questions.known_models` has the
pipeline estimate it from these facts, as it does a paper's. Nothing is imported here: every paper asks for the small
file of mixtures, and few for the table.
"""
