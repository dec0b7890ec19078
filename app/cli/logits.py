"""`quantscope logits`: what the model predicts after every token, as an array for other tools."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path

import numpy as np

from app.atomic import replacing
from app.cli import arguments
from app.cli.output import ProgressLine, print_json
from app.engine_session import EngineSession, ModelFiles
from gpu.generate import check_prompt
from gpu.model import Model


def add_arguments(parser: ArgumentParser) -> None:
    arguments.add_model(parser)
    parser.add_argument("--token-ids", type=arguments.token_ids, metavar="1,2,3", required=True)
    parser.add_argument(
        "--out", type=Path, metavar="F.npy", required=True, help="float32 [tokens, vocabulary]"
    )
    arguments.add_engine(parser)


def run(args: Namespace) -> int:
    files = ModelFiles.open(args.model)
    options = arguments.engine_options(args)
    with replacing(args.out) as temporary, EngineSession(files.checkpoint, options) as session:
        check_prompt(session.model, args.token_ids)
        shape = _write(session.model, args.token_ids, temporary)
    if args.json:
        print_json(
            {"out": str(args.out), "scheme": str(options.scheme), "tokens": shape[0], "vocabulary": shape[1]}
        )
    else:
        print(f"{args.out}: float32 [{shape[0]} tokens, {shape[1]} vocabulary] of {options.scheme}")
    return 0


def _write(model: Model, ids: tuple[int, ...], path: Path) -> tuple[int, int]:
    """Stream the rows into an .npy file: a long prompt's logits are larger than the process should be."""
    shape = (len(ids), model.config.vocab_size)
    rows: np.memmap[tuple[int, int], np.dtype[np.float32]] = np.lib.format.open_memmap(
        path, "w+", np.dtype(np.float32), shape
    )
    line, done = ProgressLine(), 0
    for block in model.all_logits(ids):
        rows[done : done + len(block)] = block
        done += len(block)
        line.show(f"{done} of {len(ids)} tokens")
    line.clear()
    rows.flush()
    return shape
