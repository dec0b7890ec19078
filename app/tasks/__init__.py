"""What controllers have done on the engine thread: plain functions of a desk and a cancel flag."""
