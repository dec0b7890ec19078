// q8_0 codes of eight dimensions (gpu/formats/q8.py), one a byte.
const CODE_WORDS: u32 = 2u;

fn block_scale(least: f32, largest: f32) -> f32 {
    return max(largest, -least) / 127.0;
}

fn bytes_of(v: vec4<f32>) -> u32 {
    let codes = (vec4<u32>(round_away(v)) & vec4<u32>(255u)) << vec4<u32>(0u, 8u, 16u, 24u);
    return codes.x | codes.y | codes.z | codes.w;
}

fn encode(v: Eight, per_step: f32) -> array<u32, CODE_WORDS> {
    return array<u32, CODE_WORDS>(bytes_of(v.low * per_step), bytes_of(v.high * per_step));
}

fn signed_bytes(word: u32) -> vec4<f32> {
    let high = bitcast<vec4<i32>>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u));
    return vec4<f32>(high >> vec4<u32>(24u));
}

fn decode(words: array<u32, CODE_WORDS>, scale: f32) -> Eight {
    return Eight(signed_bytes(words[0]) * scale, signed_bytes(words[1]) * scale);
}
