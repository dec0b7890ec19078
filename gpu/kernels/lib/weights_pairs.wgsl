// Q4 in a storage texture, two rows to a word (gpu/layouts.py), read one row at a time: for the embedding.
@group(0) @binding(1) var weights: texture_storage_2d<rgba32uint, read>;

fn low_half_codes(words: vec4<u32>, shift: u32) -> vec4<f32> {
    return vec4<f32>((words >> vec4<u32>(shift)) & vec4<u32>(0xfu)) - vec4<f32>(8.0);
}

fn weight_values(row: u32, block: u32) -> array<vec4<f32>, 8> {
    let pair = row / 2u;
    let x = (pair & ((1u << matrix.pairs_log2) - 1u)) * matrix.pair_texels;
    let y = pair >> matrix.pairs_log2;
    let span = 8u * matrix.chunks;
    let start = block / span * span;
    let chunk = (block - start) / 8u;
    let half = (row & 1u) * 16u;
    let first = textureLoad(weights, vec2<u32>(x + block, y));
    let second = textureLoad(weights, vec2<u32>(x + matrix.blocks + block, y));
    let scales = textureLoad(weights, vec2<u32>(x + 2u * matrix.blocks + start / matrix.chunks + (block & 7u), y));
    let scale = unpack2x16float(scales[chunk])[row & 1u];
    // Nibbles 0…3 of words (0, 1) are elements 0, 4, 1, 5 and 2, 6, 3, 7 of the first eight; words (2, 3) of the next.
    let a0 = low_half_codes(first, half);
    let a1 = low_half_codes(first, half + 4u);
    let a2 = low_half_codes(first, half + 8u);
    let a3 = low_half_codes(first, half + 12u);
    let b0 = low_half_codes(second, half);
    let b1 = low_half_codes(second, half + 4u);
    let b2 = low_half_codes(second, half + 8u);
    let b3 = low_half_codes(second, half + 12u);
    return array<vec4<f32>, 8>(
        vec4<f32>(a0.x, a2.x, a0.y, a2.y) * scale, vec4<f32>(a1.x, a3.x, a1.y, a3.y) * scale,
        vec4<f32>(a0.z, a2.z, a0.w, a2.w) * scale, vec4<f32>(a1.z, a3.z, a1.w, a3.w) * scale,
        vec4<f32>(b0.x, b2.x, b0.y, b2.y) * scale, vec4<f32>(b1.x, b3.x, b1.y, b3.y) * scale,
        vec4<f32>(b0.z, b2.z, b0.w, b2.w) * scale, vec4<f32>(b1.z, b3.z, b1.w, b3.w) * scale,
    );
}
