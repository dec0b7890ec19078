from __future__ import annotations

import numpy as np

from app.pin_records import record_of
from app.presenters.outlier_findings import HEADINGS, criteria_of, definitions, pin_of, verdicts_frame
from app.presenters.outlier_pages import (
    Columns,
    TokensPresenter,
    bars,
    channel_frame,
    sink_readout,
    sinks_frame,
)
from app.presenters.outliers import MapPick, MapPresenter, Pin, pick_frame, summary, tokens_text
from gpu.probes.attention_share import AttentionMass
from tests.gpu.probes.test_verdicts import CHANNELS, LAYERS, QKV, TOKENS, planned
from views.frames.outliers import NOT_FINITE, CriteriaFrame

SITE = QKV.format(1)
SPIKES = {(SITE, 7): 50.0, ("layers.2.mlp.down_proj", 3): 90.0}
PICK = MapPick(kind="self_attn.qkv_proj")
PIN = Pin("self_attn.qkv_proj", 1, 7)


def test_the_map_shows_all_layers_and_finds_the_pin_when_sorted() -> None:
    capture = planned(SPIKES)
    for is_sorted, place in ((False, 7), (True, 0)):
        shown = MapPresenter(capture, MapPick("self_attn.qkv_proj", is_sorted=is_sorted), "a")
        frame = shown.frame(PIN)
        assert frame.codes.shape == (LAYERS, CHANNELS)
        assert frame.pinned == (1, place)
        assert frame.codes[1, place] == frame.codes.max()
        assert frame.column_ids[place] == 7
        assert shown.pin_at(1, place) == PIN
        assert "channel 7" in shown.readout(1, place)
        assert "50" in shown.readout(1, place)
        assert shown.readout(-1, -1) == ""


def test_what_is_not_finite_is_seen_on_the_map_and_read() -> None:
    shown = MapPresenter(planned({(SITE, 9): np.nan}), PICK, "a")
    assert shown.frame(None).codes[1, 9] == NOT_FINITE
    assert "not finite" in shown.readout(1, 9)


def test_pickers_offer_what_the_capture_has() -> None:
    frame = pick_frame(planned({}), PICK)
    assert {choice.key for choice in frame.kinds} == {"self_attn.qkv_proj", "mlp.down_proj", "residual"}
    assert not pick_frame(None, PICK).enabled
    assert "50 tokens" in summary(planned({}))
    assert tokens_text(1) == "1 token"
    assert "token values of 1 sites" in summary(planned({}, values={"layers.0": np.ones((2, 4), np.float32)}))


def test_the_table_names_channels_and_where_they_lie() -> None:
    frame = verdicts_frame(planned(SPIKES))
    assert frame.headings == HEADINGS
    assert {(row.site, row.channel) for row in frame.rows} == {(SITE, 7), ("layers.2.mlp.down_proj", 3)}
    assert all(len(row.cells) == len(row.sort_by) == len(HEADINGS) for row in frame.rows)
    assert PIN in [pin_of(row) for row in frame.rows]
    assert any("2 channels stand out" in told for told in frame.findings)
    assert "2208.07339" in definitions(criteria_of(CriteriaFrame()))
    broken = verdicts_frame(planned({("layers.1", 4): np.inf}))
    assert any("Not finite first at layers.1, channel 4" in told for told in broken.findings)
    assert verdicts_frame(None).rows == ()


def test_a_channels_biography() -> None:
    capture = planned(SPIKES, values={SITE: np.ones((TOKENS, CHANNELS), np.float32)})
    columns = Columns(np.arange(CHANNELS, dtype=np.float32), np.ones(CHANNELS, np.float32))
    frame = channel_frame(capture, PIN, columns, {"other": planned({})})
    assert frame.layers.values.argmax() == 1
    assert frame.tokens is not None
    told = dict(frame.facts)
    assert told["‖w‖ of its columns"].startswith("7, rank 57")
    assert "rank" in told["AWQ saliency mean|x|·‖w‖"]
    assert frame.sessions[0][0] == "other"
    assert channel_frame(None, None, None, {}).note


def test_tokens_of_a_site_and_their_words() -> None:
    values = np.ones((3, CHANNELS), np.float32)
    values[2, 7] = -9
    capture = planned(SPIKES, values={SITE: values}, pieces=(" a", "\n", "b"))
    tokens = TokensPresenter(capture, SITE, PICK, np.arange(CHANNELS))
    frame = tokens.frame(PIN)
    assert frame.row_names == ("a", "⏎", "b")
    assert frame.pinned == (2, 7)
    assert tokens.readout(2, 7) == "token 2 'b' · channel 7 · -9"
    assert TokensPresenter(planned({}), SITE, PICK, np.arange(CHANNELS)).frame(None).empty


def test_sinks_by_layer_and_head() -> None:
    received = np.ones((2, 3, TOKENS), np.float32)
    mass = AttentionMass(4, TOKENS - 4, received, np.ones((2, 3), np.float32))
    capture = planned({}, attention=mass)
    assert sinks_frame(capture, "viridis").codes.shape == (2, 3)
    assert sink_readout(capture, 1, 2).startswith("Layer 1, head 2: 8.7%")
    assert "0 of 6 heads" in sink_readout(capture, -1, -1)
    assert sinks_frame(None, "viridis").empty


def test_bars_have_room_and_hide_no_infinity() -> None:
    frame = bars("x", np.array([1, np.inf, 10], np.float32))
    assert np.isfinite(frame.values).all()
    assert frame.low < 1
    assert frame.high > 10


def test_the_verdicts_follow_the_thresholds() -> None:
    capture = planned({(SITE, 7): 50.0})
    (row,) = verdicts_frame(capture).rows
    assert row.verdicts == ("feature", "outlier")
    (row,) = verdicts_frame(capture, CriteriaFrame(feature_layers=50)).rows
    assert row.verdicts == ("outlier",)
    frame = verdicts_frame(capture, CriteriaFrame(feature_magnitude=51))
    assert any("kept no token values" in sentence for sentence in frame.findings)


def test_what_overflowed_first_is_listed_first() -> None:
    later = {(QKV.format(3), channel): np.nan for channel in (1, 2, 9)}
    rows = verdicts_frame(planned({**later, (QKV.format(2), 7): np.inf, (QKV.format(1), 4): 50.0})).rows
    keys = np.array([row.sort_by for row in rows])
    assert not np.isnan(keys).any()
    order = np.argsort(-keys[:, 3], kind="stable")
    assert rows[order[0]].channel == 7
    assert rows[order[-1]].channel == 4


def test_the_findings_tell_how_alike_the_tokens_are() -> None:
    values = np.ones((TOKENS, CHANNELS), np.float32)
    values[:, 7] = 50
    found = verdicts_frame(planned({}, values={SITE: values})).findings
    assert "Of those that stand out at one of two tokens, 100% do at both." in found


def test_the_findings_tell_where_and_how_strongly_channels_stand_out() -> None:
    everywhere = {(QKV.format(layer), 7): 50.0 for layer in range(LAYERS)}
    mass = AttentionMass(4, TOKENS - 4, np.ones((2, 3, TOKENS), np.float32), np.ones((2, 3), np.float32))
    findings = verdicts_frame(planned(everywhere, attention=mass)).findings
    assert findings[0] == "1 channel stands out over 50 tokens."
    assert findings[1].startswith("qkv_proj: of the channels that stand out in one of two layers, 100% do in")
    assert findings[1].endswith("; in every layer: 7.")
    assert findings[-1] == "0 of 6 heads spend 30% or more of their attention on the first 4 tokens."
    some = verdicts_frame(planned({(QKV.format(0), 7): 50.0, ("layers.2.mlp.down_proj", 3): 90.0})).findings
    assert some[0] == "2 channels stand out over 50 tokens."
    assert "every layer" not in "".join(some)
    assert some[-1].startswith("down_proj: the strongest 1% of the channels hold up to 99% of the energy")
    assert some[-1].endswith("(layers.2.mlp.down_proj).")


def test_the_biography_goes_back_to_earlier_starts() -> None:
    record = record_of(planned(SPIKES), "Prompts", SITE, 7, "2026-11-20")
    frame = channel_frame(planned({}), PIN, None, {}, [record])
    assert frame.sessions == (
        ("2026-11-20, Prompts (W16A16, 50 tokens)", f"largest 50, {record.ratio:.3g} × the median"),
    )
