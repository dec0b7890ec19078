// How codes get into lib/kv_blocks.wgsl.

// Of the two blocks of a team of lanes.
fn both_scales(scale: f32, lane: u32) -> u32 {
    return pack2x16float(vec2<f32>(scale, lane_xor(scale, 4u, lane)));
}

fn store_key(chunk: Chunk, position: u32, v: Eight) {
    let i = cache_index(chunk, position);
    var c = coded(v, i % 8u);
    let scales = both_scales(c.scale, i % 8u);
    for (var w = 0u; w < CODE_WORDS; w++) { keys[code_word(i) + w] = c.words[w]; }
    if (i % 8u == 0u) { keys[scale_word(i)] = scales; }
}

fn store_value(chunk: Chunk, position: u32, v: Eight) {
    let i = cache_index(chunk, position);
    var c = coded(v, i % 8u);
    let scales = both_scales(c.scale, i % 8u);
    for (var w = 0u; w < CODE_WORDS; w++) { values[code_word(i) + w] = c.words[w]; }
    if (i % 8u == 0u) { values[scale_word(i)] = scales; }
}
