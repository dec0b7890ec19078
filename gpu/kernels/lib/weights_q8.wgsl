// Q8 in storage buffers: four signed codes a word.
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> weight_scales: array<u32>;

fn weight_codes(row: u32, block: u32) -> array<u32, 8> {
    let i = 2u * (row * matrix.blocks + block);
    let u = weights[i];
    let v = weights[i + 1u];
    return array<u32, 8>(u.x, u.y, u.z, u.w, v.x, v.y, v.z, v.w);
}
