// Key-value cache of codes in storage buffers.
@group(0) @binding(1) var<storage, read> keys: array<u32>;
@group(0) @binding(2) var<storage, read> values: array<u32>;

fn scale_of(chunk: u32, scales: u32) -> f32 {
    let both = unpack2x16float(scales);
    return select(both.x, both.y, (chunk & 4u) != 0u);
}

fn load_key(chunk: Chunk, position: u32) -> Eight {
    let i = cache_index(chunk, position);
    var words = array<u32, CODE_WORDS>();
    for (var w = 0u; w < CODE_WORDS; w++) { words[w] = keys[code_word(i) + w]; }
    return decode(words, scale_of(i, keys[scale_word(i)]));
}

fn load_value(chunk: Chunk, position: u32) -> Eight {
    let i = cache_index(chunk, position);
    var words = array<u32, CODE_WORDS>();
    for (var w = 0u; w < CODE_WORDS; w++) { words[w] = values[code_word(i) + w]; }
    return decode(words, scale_of(i, values[scale_word(i)]));
}
