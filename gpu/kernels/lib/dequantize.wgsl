// A block of integer weights as f32.
fn weight_values(row: u32, block: u32) -> array<vec4<f32>, 8> {
    let c = weight_codes(row, block);
    let scale = weight_scale(row, block);
    return array<vec4<f32>, 8>(
        vec4<f32>(unpack4xI8(c[0])) * scale, vec4<f32>(unpack4xI8(c[1])) * scale,
        vec4<f32>(unpack4xI8(c[2])) * scale, vec4<f32>(unpack4xI8(c[3])) * scale,
        vec4<f32>(unpack4xI8(c[4])) * scale, vec4<f32>(unpack4xI8(c[5])) * scale,
        vec4<f32>(unpack4xI8(c[6])) * scale, vec4<f32>(unpack4xI8(c[7])) * scale,
    );
}
