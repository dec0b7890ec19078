"""The embedded demo model: its corpus, its tokenizer, its training and the outliers planted in it.

`python -m tests.golden.demo.train` writes assets/demo anew (needs the `golden` dependency group).
"""
