// A workgroup saw all of the context: the quotient of its sums is attention's output.
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

fn store_four(base: u32, d: u32, v: vec4<f32>) {
    for (var j = 0u; j < 4u && d + j < heads.head_dim; j++) {
        out[base + d + j] = v[j];
    }
}

fn store_sums(place: Place, query: u32, state: State) {
    if (!is_live(place, query)) {
        return;
    }
    let s = scaled(state.sum, 1.0 / state.weight);
    let base = token_of(place, query) * heads.out_stride + head_of(place, query) * heads.head_dim;
    let d = place.lane * 8u;
    store_four(base, d, s.a.low);
    store_four(base, d + 4u, s.a.high);
    if (WIDE) {
        store_four(base, d + 64u, s.b.low);
        store_four(base, d + 68u, s.b.high);
    }
}
