@group(0) @binding(1) var<storage, read> weights: array<vec4<f32>>;

fn weight_values(row: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 8u * (row * matrix.blocks + block);
    return array<vec4<f32>, 8>(
        weights[i], weights[i + 1u], weights[i + 2u], weights[i + 3u],
        weights[i + 4u], weights[i + 5u], weights[i + 6u], weights[i + 7u],
    );
}
