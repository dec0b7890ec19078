// Queries that were made before, and with them the keys and values in the cache.
@group(0) @binding(3) var<storage, read> q: array<vec4<f32>>;

fn prepare(place: Place, range: vec2<u32>) {}

fn load_query(place: Place, query: u32) -> Slice {
    var slice = Slice();
    if (is_live(place, query)) {
        let i = 2u * ((token_of(place, query) * heads.q_heads + head_of(place, query)) * heads.head_chunks + place.lane);
        slice.a = Eight(q[i], q[i + 1u]);
        if (WIDE) { slice.b = Eight(q[i + 16u], q[i + 17u]); }
    }
    return slice;
}
