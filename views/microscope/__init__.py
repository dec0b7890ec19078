"""The damage microscope, a full-size workspace."""

from views.microscope.panel import MicroscopePanel

__all__ = ["MicroscopePanel"]
