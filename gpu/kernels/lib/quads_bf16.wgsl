// Four bf16 values a load, element 0 in the lowest bits.
@group(0) @binding(1) var<storage, read> stored: array<vec2<u32>>;

fn quad(i: u32) -> vec4<f32> {
    let words = stored[i];
    return bitcast<vec4<f32>>(vec4<u32>(words.x << 16u, words.x & 0xffff0000u, words.y << 16u, words.y & 0xffff0000u));
}
