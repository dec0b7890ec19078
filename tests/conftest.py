"""Settings every room's tests share."""

from __future__ import annotations

from hypothesis import settings

# No deadline: a slow machine is no wrong program. The same examples each run: a result belongs to a commit.
settings.register_profile("quantscope", deadline=None, derandomize=True)
settings.load_profile("quantscope")
