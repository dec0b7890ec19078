// q8_1 in memory: codes, scale d = amax / QMAX and s = d · Σ codes.
@group(0) @binding(11) var<storage, read_write> out_codes: array<vec4<u32>>;
@group(0) @binding(12) var<storage, read_write> out_scales: array<vec2<f32>>;

fn write_codes(row: u32, blocks: u32, block: u32, v: array<vec4<f32>, 8>, largest: f32) {
    let absmax = counted(largest);
    let inverse = steps_per_unit(absmax);
    let c0 = round_away(v[0] * inverse);
    let c1 = round_away(v[1] * inverse);
    let c2 = round_away(v[2] * inverse);
    let c3 = round_away(v[3] * inverse);
    let c4 = round_away(v[4] * inverse);
    let c5 = round_away(v[5] * inverse);
    let c6 = round_away(v[6] * inverse);
    let c7 = round_away(v[7] * inverse);
    let sums = c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7;
    let d = absmax / QMAX;
    let i = row * blocks + block;
    out_codes[2u * i] = vec4<u32>(pack4xI8(c0), pack4xI8(c1), pack4xI8(c2), pack4xI8(c3));
    out_codes[2u * i + 1u] = vec4<u32>(pack4xI8(c4), pack4xI8(c5), pack4xI8(c6), pack4xI8(c7));
    out_scales[i] = vec2<f32>(d, d * f32(sums.x + sums.y + sums.z + sums.w));
}
