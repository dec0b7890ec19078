// Key-value cache in storage buffers, of blocks of 32 codes with an f16 scale. Eight chunks (two blocks) lie together:
// the words of their codes, then one of both scales.
@group(0) @binding(1) var<storage, read_write> keys: array<u32>;
@group(0) @binding(2) var<storage, read_write> values: array<u32>;

fn piece_of(chunk: u32) -> u32 {
    return chunk / 8u * (8u * CODE_WORDS + 1u);
}

fn code_word(chunk: u32) -> u32 {
    return piece_of(chunk) + chunk % 8u * CODE_WORDS;
}

fn scale_word(chunk: u32) -> u32 {
    return piece_of(chunk) + 8u * CODE_WORDS;
}

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
