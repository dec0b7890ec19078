// How activations become codes −QMAX…QMAX (gpu/formats/q8_1.py).
override QMAX: f32 = 127.0;

fn block_absmax(v: array<vec4<f32>, 8>) -> f32 {
    let m = max(max(max(abs(v[0]), abs(v[1])), max(abs(v[2]), abs(v[3]))),
                max(max(abs(v[4]), abs(v[5])), max(abs(v[6]), abs(v[7]))));
    return max(max(m.x, m.y), max(m.z, m.w));
}

// Magnitudes below 2^-100 count as zeros, so that their reciprocal does not overflow; NaN is none of them.
fn counted(absmax: f32) -> f32 {
    return select(absmax, 0.0, absmax < 0x1p-100);
}

fn steps_per_unit(absmax: f32) -> f32 {
    return select(0.0, QMAX / absmax, absmax > 0.0);
}

// To the nearest integer, halves away from zero: adding the float before 0.5 keeps 0.49999997 at zero.
fn round_away(v: vec4<f32>) -> vec4<i32> {
    return vec4<i32>(v + select(vec4<f32>(-0.49999997), vec4<f32>(0.49999997), v >= vec4<f32>()));
}

// A block's codes under a scale of absmax / QMAX.
fn block_codes(v: array<vec4<f32>, 8>, absmax: f32) -> array<vec4<i32>, 8> {
    let steps = steps_per_unit(absmax);
    return array<vec4<i32>, 8>(
        round_away(v[0] * steps), round_away(v[1] * steps), round_away(v[2] * steps), round_away(v[3] * steps),
        round_away(v[4] * steps), round_away(v[5] * steps), round_away(v[6] * steps), round_away(v[7] * steps),
    );
}

fn code_sum(c: array<vec4<i32>, 8>) -> vec4<i32> {
    return c[0] + c[1] + c[2] + c[3] + c[4] + c[5] + c[6] + c[7];
}
