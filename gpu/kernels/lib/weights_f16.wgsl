// f16 pairs, widened without asking for the f16 feature.
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;

fn widen(words: vec2<u32>) -> vec4<f32> {
    return vec4<f32>(unpack2x16float(words.x), unpack2x16float(words.y));
}

fn weight_values(row: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 4u * (row * matrix.blocks + block);
    let a = weights[i];
    let b = weights[i + 1u];
    let c = weights[i + 2u];
    let d = weights[i + 3u];
    return array<vec4<f32>, 8>(
        widen(a.xy), widen(a.zw), widen(b.xy), widen(b.zw), widen(c.xy), widen(c.zw), widen(d.xy), widen(d.zw),
    );
}
