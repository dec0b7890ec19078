// bf16 is the upper half of an f32, so the bits are kept and only moved.
@group(0) @binding(1) var<storage, read> weights: array<vec4<u32>>;

fn widen(words: vec2<u32>) -> vec4<f32> {
    return vec4<f32>(bitcast<f32>(words.x << 16u), bitcast<f32>(words.x & 0xffff0000u),
                     bitcast<f32>(words.y << 16u), bitcast<f32>(words.y & 0xffff0000u));
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
