// Activations quantized as they are loaded: each workgroup does it again, which is cheaper than a dispatch.
@group(0) @binding(3) var<storage, read> x_values: array<vec4<f32>>;

fn load_values(token: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 8u * (token * matrix.x_blocks + block);
    return array<vec4<f32>, 8>(
        x_values[i], x_values[i + 1u], x_values[i + 2u], x_values[i + 3u],
        x_values[i + 4u], x_values[i + 5u], x_values[i + 6u], x_values[i + 7u],
    );
}

fn load_block(token: u32, block: u32) -> Block {
    var out = Block();
    if (token < step.tokens && block < matrix.x_blocks) {
        let v = load_values(token, block);
        let absmax = counted(block_absmax(v));
        let c = block_codes(v, absmax);
        out.a0 = vec4<i32>(c[0].xz, c[2].xz);
        out.a1 = vec4<i32>(c[1].xz, c[3].xz);
        out.a2 = vec4<i32>(c[0].yw, c[2].yw);
        out.a3 = vec4<i32>(c[1].yw, c[3].yw);
        out.b0 = vec4<i32>(c[4].xz, c[6].xz);
        out.b1 = vec4<i32>(c[5].xz, c[7].xz);
        out.b2 = vec4<i32>(c[4].yw, c[6].yw);
        out.b3 = vec4<i32>(c[5].yw, c[7].yw);
        out.scale = absmax / QMAX;
        out.bias = centring(code_sum(c));
    }
    return out;
}
