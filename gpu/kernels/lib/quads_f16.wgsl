// Four f16 values a load, element 0 in the lowest bits.
@group(0) @binding(1) var<storage, read> stored: array<vec2<u32>>;

fn quad(i: u32) -> vec4<f32> {
    let words = stored[i];
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}
