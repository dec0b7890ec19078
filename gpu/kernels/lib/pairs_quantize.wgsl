// 32 values as a block of codes in the order of a pair's words.
fn quantized_block(v: array<vec4<f32>, 8>) -> Block {
    let absmax = counted(block_absmax(v));
    let c = block_codes(v, absmax);
    var out: Block;
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
    return out;
}

fn load_block(token: u32, block: u32) -> Block {
    var out = Block();
    if (token < step.tokens && block < matrix.x_blocks) {
        out = quantized_block(loaded(token, block));
    }
    return out;
}
