// Activations that were quantized before.
@group(0) @binding(3) var<storage, read> x_codes: array<vec4<u32>>;
@group(0) @binding(4) var<storage, read> x_scales: array<vec2<f32>>;

fn signed_byte(words: vec4<u32>, shift: vec4<u32>) -> vec4<i32> {
    return bitcast<vec4<i32>>(words << shift) >> vec4<u32>(24u);
}

fn prepare(token: u32, group: u32, lane: u32) {}

fn load_block(token: u32, block: u32) -> Block {
    var out = Block();
    if (token < step.tokens && block < matrix.x_blocks) {
        let i = token * matrix.x_blocks + block;
        let u = x_codes[2u * i];
        let v = x_codes[2u * i + 1u];
        let early = vec4<u32>(24u, 8u, 24u, 8u);
        let late = vec4<u32>(16u, 0u, 16u, 0u);
        out.a0 = signed_byte(u.xxzz, early);
        out.a1 = signed_byte(u.yyww, early);
        out.a2 = signed_byte(u.xxzz, late);
        out.a3 = signed_byte(u.yyww, late);
        out.b0 = signed_byte(v.xxzz, early);
        out.b1 = signed_byte(v.yyww, early);
        out.b2 = signed_byte(v.xxzz, late);
        out.b3 = signed_byte(v.yyww, late);
        out.scale = x_scales[i].x;
        out.bias = centring(out.a0 + out.a1 + out.a2 + out.a3 + out.b0 + out.b1 + out.b2 + out.b3);
    }
    return out;
}
