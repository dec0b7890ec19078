// Four f32 values a load.
@group(0) @binding(1) var<storage, read> stored: array<vec4<f32>>;

fn quad(i: u32) -> vec4<f32> {
    return stored[i];
}
