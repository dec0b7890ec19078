// Key-value cache of codes in storage textures.
@group(0) @binding(1) var keys: texture_storage_2d<rgba32uint, write>;
@group(0) @binding(2) var values: texture_storage_2d<rgba32uint, write>;

struct Texels { codes: vec4<u32>, scales: vec4<u32> }  // codes: of a texel's first lane; scales: of the first lane

// Words of the next lane come as halves, which f32 holds exactly.
fn next_words(a: u32, b: u32, lane: u32) -> vec2<u32> {
    let halves = vec4<u32>(a & 0xffffu, a >> 16u, b & 0xffffu, b >> 16u);
    let other = vec4<u32>(lane_xor4(vec4<f32>(halves), 1u, lane));
    return other.xz | (other.yw << vec2<u32>(16u));
}

fn texels_of(s: Slice, lane: u32) -> Texels {
    let a = coded(s.a, lane);
    let b = coded(s.b, lane);
    let upper = vec2<f32>(lane_xor(a.scale, 4u, lane), lane_xor(b.scale, 4u, lane));
    let scales = vec4<u32>(pack2x16float(vec2<f32>(a.scale, b.scale)), pack2x16float(upper), 0u, 0u);
    if (LANES_A_TEXEL == 1u) {
        let last = CODE_WORDS - 1u;
        return Texels(vec4<u32>(a.words[0], a.words[last], b.words[0], b.words[last]), scales);
    }
    return Texels(vec4<u32>(a.words[0], b.words[0], next_words(a.words[0], b.words[0], lane)), scales);
}

fn store_key_slice(kv_head: u32, lane: u32, position: u32, s: Slice, is_wide: bool) {
    let texels = texels_of(s, lane);
    let at = head_texel(cache_chunk(kv_head, lane), position);
    if (lane % LANES_A_TEXEL == 0u) { textureStore(keys, at + vec2<u32>(lane / LANES_A_TEXEL, 0u), texels.codes); }
    if (lane == 0u) { textureStore(keys, at + vec2<u32>(CODE_TEXELS, 0u), texels.scales); }
}

fn store_value_slice(kv_head: u32, lane: u32, position: u32, s: Slice, is_wide: bool) {
    let texels = texels_of(s, lane);
    let at = head_texel(cache_chunk(kv_head, lane), position);
    if (lane % LANES_A_TEXEL == 0u) { textureStore(values, at + vec2<u32>(lane / LANES_A_TEXEL, 0u), texels.codes); }
    if (lane == 0u) { textureStore(values, at + vec2<u32>(CODE_TEXELS, 0u), texels.scales); }
}
