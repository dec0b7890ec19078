// Stretches of x one after the other in a buffer.
@group(0) @binding(1) var<storage, read> x: array<vec4<u32>>;

fn stretch_word(stretch: u32, i: u32) -> vec4<u32> {
    return x[stretch * reading.vectors + i];
}
