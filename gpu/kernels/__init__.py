"""One operation, one basename: NAME.wgsl, and NAME.py with how to bind it and its numpy `reference`."""
