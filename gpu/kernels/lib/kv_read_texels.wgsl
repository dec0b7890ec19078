// Key-value cache of codes in storage textures.
@group(0) @binding(1) var keys: texture_storage_2d<rgba32uint, read>;
@group(0) @binding(2) var values: texture_storage_2d<rgba32uint, read>;

fn words_of(codes: vec2<u32>) -> array<u32, CODE_WORDS> {
    var words = array<u32, CODE_WORDS>();
    words[0] = codes.x;
    words[CODE_WORDS - 1u] = codes[CODE_WORDS - 1u];
    return words;
}

fn slice_of(codes: vec4<u32>, scales: vec2<u32>, lane: u32) -> Slice {
    let both = unpack2x16float(select(scales.x, scales.y, lane >= 4u));
    if (LANES_A_TEXEL == 1u) {
        return Slice(decode(words_of(codes.xy), both.x), decode(words_of(codes.zw), both.y));
    }
    let own = select(codes.xy, codes.zw, (lane & 1u) != 0u);
    return Slice(decode(words_of(own.xx), both.x), decode(words_of(own.yy), both.y));
}

// Of the lane whose chunk l this is.
fn key_slice(chunk: Chunk, position: u32) -> Slice {
    let at = head_texel(chunk, position);
    let lane = chunk.offset % 8u;
    let codes = textureLoad(keys, at + vec2<u32>(lane / LANES_A_TEXEL, 0u));
    return slice_of(codes, textureLoad(keys, at + vec2<u32>(CODE_TEXELS, 0u)).xy, lane);
}

fn value_slice(chunk: Chunk, position: u32) -> Slice {
    let at = head_texel(chunk, position);
    let lane = chunk.offset % 8u;
    let codes = textureLoad(values, at + vec2<u32>(lane / LANES_A_TEXEL, 0u));
    return slice_of(codes, textureLoad(values, at + vec2<u32>(CODE_TEXELS, 0u)).xy, lane);
}

fn load_key(chunk: Chunk, position: u32) -> Eight {
    let slice = key_slice(chunk, position);
    if ((chunk.offset & 8u) != 0u) { return slice.b; }
    return slice.a;
}
