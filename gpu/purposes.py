"""What GPU memory is for."""

PURPOSES = ("weights", "scales", "norms", "kv_cache", "workspace", "probes")
"""Of every allocation of this engine, in the order in which they are shown."""
