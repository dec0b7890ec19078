// A workgroup saw a part of the context: its sums wait for those of the others (attention_merge.wgsl), head after head
// and part after part, each as the quads of a padded head and one of its maximum and weight.
@group(0) @binding(4) var<storage, read_write> parts: array<vec4<f32>>;

fn store_sums(place: Place, query: u32, state: State) {
    if (!is_live(place, query)) {
        return;
    }
    let quads = 2u * heads.head_chunks;
    let row = (token_of(place, query) * heads.q_heads + head_of(place, query)) * PARTS + place.part;
    let i = row * (quads + 1u) + 2u * place.lane;
    parts[i] = state.sum.a.low;
    parts[i + 1u] = state.sum.a.high;
    if (WIDE) {
        parts[i + 16u] = state.sum.b.low;
        parts[i + 17u] = state.sum.b.high;
    }
    if (place.lane == 0u) {
        parts[i + quads] = vec4<f32>(state.maximum, state.weight, 0.0, 0.0);
    }
}
