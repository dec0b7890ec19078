// Q4 in storage buffers: byte j of word w holds elements 8w + j (low nibble) and 8w + 4 + j (high nibble), plus 8.
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> weight_scales: array<u32>;

// Four codes 0…15, one a byte, minus 8: setting bit 7 first keeps the borrow inside its byte.
fn centred(codes: vec4<u32>) -> vec4<u32> {
    return ((codes | vec4<u32>(0x80808080u)) - vec4<u32>(0x08080808u)) ^ vec4<u32>(0x80808080u);
}

fn weight_codes(row: u32, block: u32) -> array<u32, 8> {
    let words = weights[row * matrix.blocks + block];
    let low = centred(words & vec4<u32>(0x0f0f0f0fu));
    let high = centred((words >> vec4<u32>(4u)) & vec4<u32>(0x0f0f0f0fu));
    return array<u32, 8>(low.x, high.x, low.y, high.y, low.z, high.z, low.w, high.w);
}
