// q4_0 codes of eight dimensions (gpu/formats/q4.py): byte j holds dimension j low and j + 4 high.
const CODE_WORDS: u32 = 1u;

fn block_scale(least: f32, largest: f32) -> f32 {
    return select(least, largest, largest >= -least) / -8.0;
}

fn nibbles_of(v: vec4<f32>) -> vec4<u32> {
    return vec4<u32>(min(v + 8.5, vec4<f32>(15.0)));
}

fn encode(v: Eight, per_step: f32) -> array<u32, CODE_WORDS> {
    let both = nibbles_of(v.low * per_step) | (nibbles_of(v.high * per_step) << vec4<u32>(4u));
    let bytes = both << vec4<u32>(0u, 8u, 16u, 24u);
    return array<u32, CODE_WORDS>(bytes.x | bytes.y | bytes.z | bytes.w);
}

fn decode(words: array<u32, CODE_WORDS>, scale: f32) -> Eight {
    let bytes = vec4<u32>(words[0]) >> vec4<u32>(0u, 8u, 16u, 24u);
    let low = vec4<f32>(bytes & vec4<u32>(15u)) - 8.0;
    let high = vec4<f32>((bytes >> vec4<u32>(4u)) & vec4<u32>(15u)) - 8.0;
    return Eight(low * scale, high * scale);
}
