// Activations for a matrix kernel that quantizes them on loading: each workgroup does it again, which is cheaper than a
// dispatch.
@group(0) @binding(3) var<storage, read> x_values: array<vec4<f32>>;

fn prepare(token: u32, group: u32, thread: u32) {}

fn loaded(token: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 8u * (token * matrix.x_blocks + block);
    return array<vec4<f32>, 8>(
        x_values[i], x_values[i + 1u], x_values[i + 2u], x_values[i + 3u],
        x_values[i + 4u], x_values[i + 5u], x_values[i + 6u], x_values[i + 7u],
    );
}
