// Activations that were quantized before, in storage.
@group(0) @binding(3) var<storage, read> x_codes: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> x_scales: array<vec2<f32>>;

fn x_block(token: u32, block: u32) -> Block {
    let i = 2u * (token * matrix.x_blocks + block);
    let u = x_codes[i];
    let v = x_codes[i + 1u];
    return Block(array<u32, 8>(u.x, u.y, u.z, u.w, v.x, v.y, v.z, v.w));
}

fn x_factor(token: u32, block: u32) -> f32 {
    return x_scales[token * matrix.x_blocks + block].x;
}
