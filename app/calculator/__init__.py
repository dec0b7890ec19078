"""What the window's calculator does between its widgets and the arithmetic: no Qt."""
