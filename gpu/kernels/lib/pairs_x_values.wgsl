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
        let inverse = steps_per_unit(absmax);
        let c0 = round_away(v[0] * inverse);
        let c1 = round_away(v[1] * inverse);
        let c2 = round_away(v[2] * inverse);
        let c3 = round_away(v[3] * inverse);
        let c4 = round_away(v[4] * inverse);
        let c5 = round_away(v[5] * inverse);
        let c6 = round_away(v[6] * inverse);
        let c7 = round_away(v[7] * inverse);
        out.a0 = vec4<i32>(c0.xz, c2.xz);
        out.a1 = vec4<i32>(c1.xz, c3.xz);
        out.a2 = vec4<i32>(c0.yw, c2.yw);
        out.a3 = vec4<i32>(c1.yw, c3.yw);
        out.b0 = vec4<i32>(c4.xz, c6.xz);
        out.b1 = vec4<i32>(c5.xz, c7.xz);
        out.b2 = vec4<i32>(c4.yw, c6.yw);
        out.b3 = vec4<i32>(c5.yw, c7.yw);
        out.scale = absmax / QMAX;
        out.bias = centring(c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7);
    }
    return out;
}
