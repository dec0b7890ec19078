// q8_1 in memory: codes, scale d = amax / QMAX and s = d · Σ codes.
@group(0) @binding(11) var<storage, read_write> out_codes: array<vec4<u32>>;
@group(0) @binding(12) var<storage, read_write> out_scales: array<vec2<f32>>;

fn write_codes(row: u32, blocks: u32, block: u32, v: array<vec4<f32>, 8>, largest: f32) {
    let absmax = counted(largest);
    let c = block_codes(v, absmax);
    let sums = code_sum(c);
    let d = absmax / QMAX;
    let i = row * blocks + block;
    out_codes[2u * i] = vec4<u32>(pack4xI8(c[0]), pack4xI8(c[1]), pack4xI8(c[2]), pack4xI8(c[3]));
    out_codes[2u * i + 1u] = vec4<u32>(pack4xI8(c[4]), pack4xI8(c[5]), pack4xI8(c[6]), pack4xI8(c[7]));
    out_scales[i] = vec2<f32>(d, d * f32(sums.x + sums.y + sums.z + sums.w));
}
