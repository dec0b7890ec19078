"""The outlier browser."""

from views.outliers.panel import OutliersPanel

__all__ = ["OutliersPanel"]
