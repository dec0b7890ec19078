"""An answer token by token, and one of its tokens, ready to draw."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from app.presenters.token_text import flow_texts, label_of
from app.token_trace import Rows, Score, TokenTrace
from views.frames.choice import Choice
from views.frames.tokens import AlternativeFrame, TickFrame, TokenCardFrame, TokenFrame, TokensFrame

WEAKEST_NATS, STRONGEST_NATS = 0.01, 10.0  # decades of KL, from no tint to the strongest
_DECADES = math.log10(STRONGEST_NATS / WEAKEST_NATS)
_HINT = "Click a token, or walk with the arrow keys and press Enter, to see what else could have come."
_REFERENCE_TIP = "What the open model is compared with; loaded beside it"
_CLOSE_THOUGHTS, _OPEN_THOUGHTS = b"</think>", b"<think>"


@dataclass(frozen=True)
class Standing:
    """What is known of an answer's damage. `problem` is the sentence that says why no more will be.

    `references` can be compared with; none where nothing is compared.
    """

    score: Score | None = None
    reference: str = ""
    references: tuple[str, ...] = ()
    problem: str = ""


def tokens_frame(trace: TokenTrace, standing: Standing = Standing()) -> TokensFrame:
    """The answer drawn as tokens, tinted as far as it is scored."""
    pieces = trace.token_pieces()
    score = standing.score
    rows = score.rows if score is not None else None
    muted_until = _end_of_thoughts(pieces)
    first = first_other_top(rows) if rows is not None else None
    tints = _tints(rows, len(trace))
    tokens = tuple(
        TokenFrame(text, tip, tint, muted=place < muted_until, marked=place == first)
        for place, (text, tip, tint) in enumerate(
            zip(flow_texts(pieces), _tooltips(trace, pieces, rows), tints, strict=True)
        )
    )
    scale = tuple(TickFrame(i / _DECADES, f"{WEAKEST_NATS * 10**i:g}") for i in range(round(_DECADES) + 1))
    return TokensFrame(
        tokens=tokens,
        summary=_summary(trace, standing),
        legend="KL divergence in nats",
        ticks=scale if rows is not None else (),
        references=tuple(Choice(name, f"from {name}", _REFERENCE_TIP) for name in standing.references),
        reference=standing.reference,
    )


def card_frame(
    trace: TokenTrace, index: int, score: Score | None, can_branch: bool, can_inspect: bool, note: str = ""
) -> TokenCardFrame:
    """One token opened; the chosen one is shown last where it is none of the likeliest."""
    row = trace.rows[index]
    chosen = int(row["token_id"])
    options = trace.alternatives(index)
    if chosen not in dict(options):
        options.append((chosen, float(row["probability"])))
    return TokenCardFrame(
        title=f"Token {index + 1:,} of {len(trace):,}",
        label=label_of(trace.pieces[chosen]),
        facts=tuple(_facts(row, score, index)),
        alternatives=tuple(
            AlternativeFrame(token, label_of(trace.pieces[token]), share, percentage(share), token == chosen)
            for token, share in options
        ),
        can_branch=can_branch,
        can_inspect=can_inspect,
        note=note,
    )


def token_name(trace: TokenTrace, index: int) -> str:
    """How the panels name a token."""
    return f"token {index + 1:,} {label_of(trace.token_pieces()[index])}"


def tint_of(kl_nats: float) -> float:
    """0 … 1, a third for every decade: what is far below a bit's worth of surprise needs no colour."""
    if not math.isfinite(kl_nats):
        return 1.0
    if kl_nats <= WEAKEST_NATS:
        return 0.0
    return min(1.0, math.log10(kl_nats / WEAKEST_NATS) / _DECADES)


def first_other_top(rows: Rows) -> int | None:
    """The first token before which both models put different tokens first."""
    same = rows["same_top"]
    return None if same.all() else int(np.argmin(same))


def percentage(share: float) -> str:
    if share >= 0.01:
        return f"{share:.1%}"
    return f"{share:.2%}" if share >= 0.0001 else "< 0.01%"


def nats(value: float) -> str:
    """What is smaller than any reader cares for is said to be so."""
    return f"{value:.3g} nats" if value >= 0.0001 or value == 0 else "< 0.0001 nats"


def _tints(rows: Rows | None, tokens: int) -> list[float | None]:
    """One a token, None where nothing is known yet."""
    known: list[float | None] = [] if rows is None else [tint_of(kl) for kl in rows["kl_nats"].tolist()]
    return known + [None] * (tokens - len(known))


def _tooltips(trace: TokenTrace, pieces: Sequence[bytes], rows: Rows | None) -> list[str]:
    """One line a token."""
    measured = rows["kl_nats"].tolist() if rows is not None else []
    said = [f" · KL {nats(kl)}" for kl in measured] + [""] * (len(trace) - len(measured))
    shares, entropies = trace.rows["probability"].tolist(), trace.rows["entropy_nats"].tolist()
    return [
        f"{label_of(piece)} · probability {percentage(share)} · entropy {entropy:.2f} nats{kl}"
        for piece, share, entropy, kl in zip(pieces, shares, entropies, said, strict=True)
    ]


def _facts(row: np.void, score: Score | None, index: int) -> list[tuple[str, str]]:
    chance = float(row["chance"])
    facts = [
        ("Probability", percentage(float(row["probability"]))),
        ("Drawn with", "your choice" if math.isnan(chance) else f"{percentage(chance)}, after the filters"),
        ("Entropy", f"{row['entropy_nats']:.2f} nats"),
    ]
    if score is not None and index < len(score.rows):
        scored = score.rows[index]
        facts += [
            ("KL", f"{nats(float(scored['kl_nats']))} from {score.reference}"),
            (f"{score.reference} gave", percentage(float(scored["reference_probability"]))),
        ]
    return facts


def _summary(trace: TokenTrace, standing: Standing) -> str:
    score = standing.score
    if standing.problem:
        return standing.problem
    if score is None:
        return f"Comparing with {standing.reference}…" if standing.references else _HINT
    measured = (
        f"{score.scheme} from {score.reference}: mean KL {nats(float(score.rows['kl_nats'].mean()))} · "
        f"same top token {percentage(float(score.rows['same_top'].mean()))} · {_first(trace, score.rows)}"
    )
    if len(score.rows) == len(trace):
        return measured
    return f"{measured} · {len(score.rows):,} of {len(trace):,} tokens compared"


def _first(trace: TokenTrace, rows: Rows) -> str:
    first = first_other_top(rows)
    return "no other top token" if first is None else f"first other top token at {token_name(trace, first)}"


def _end_of_thoughts(pieces: Sequence[bytes]) -> int:
    """How many tokens at the start are reasoning."""
    if _CLOSE_THOUGHTS in pieces:
        return pieces.index(_CLOSE_THOUGHTS) + 1
    return len(pieces) if pieces[:1] == [_OPEN_THOUGHTS] else 0
