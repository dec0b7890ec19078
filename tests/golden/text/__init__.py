"""Golden data of the tokenizers and templates that are at hand."""

from pathlib import Path

GOLDEN = Path(__file__).parent
SMALL = GOLDEN / "small"
QWEN3 = GOLDEN.parents[2].parent / "shared" / "qwen3-tokenizer"  # too large for the repository
DIRECTORIES = {"small": SMALL} | ({"qwen3": QWEN3} if QWEN3.is_dir() else {})
