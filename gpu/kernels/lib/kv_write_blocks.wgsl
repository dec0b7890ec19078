// Key-value cache of codes in storage buffers.
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> values: array<u32>;

struct Coded { words: array<u32, CODE_WORDS>, scales: u32 }  // scales: of the two blocks of a team of lanes

// Four neighbouring lanes hold a block; all lanes of a team come here together.
fn coded(v: Eight, lane: u32) -> Coded {
    let least = min(v.low, v.high);
    let largest = max(v.low, v.high);
    var m = vec2<f32>(max(max(-least.x, -least.y), max(-least.z, -least.w)),
                      max(max(largest.x, largest.y), max(largest.z, largest.w)));
    m = max(m, lane_xor4(m.xyxy, 1u, lane).xy);
    m = max(m, lane_xor4(m.xyxy, 2u, lane).xy);
    let scale = block_scale(-m.x, m.y);
    let per_step = select(0.0, 1.0 / scale, abs(scale) > 0x1p-100);
    let other = lane_xor(scale, 4u, lane);
    return Coded(encode(v, per_step), pack2x16float(vec2<f32>(scale, other)));
}

fn store_key(chunk: Chunk, position: u32, v: Eight) {
    let i = cache_index(chunk, position);
    var c = coded(v, i % 8u);
    for (var w = 0u; w < CODE_WORDS; w++) { keys[code_word(i) + w] = c.words[w]; }
    if (i % 8u == 0u) { keys[scale_word(i)] = c.scales; }
}

fn store_value(chunk: Chunk, position: u32, v: Eight) {
    let i = cache_index(chunk, position);
    var c = coded(v, i % 8u);
    for (var w = 0u; w < CODE_WORDS; w++) { values[code_word(i) + w] = c.words[w]; }
    if (i % 8u == 0u) { values[scale_word(i)] = c.scales; }
}
