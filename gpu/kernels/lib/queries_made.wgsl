// Of one token attention makes the heads by itself (lib/rotate.wgsl): its queries, and in the cache the key and the value
// that come last, which whoever serves the end of the context stores before it goes there. Every team of a workgroup
// makes the same.
@group(0) @binding(3) var<storage, read> qkv: array<vec4<f32>>;
var<workgroup> made: array<Slice, 64>;  // of eight lanes, eight queries

fn qkv_quad(i: u32) -> vec4<f32> {
    return qkv[i];
}

fn prepare(place: Place, range: vec2<u32>) {
    let turns = turns_of(0u, place.lane, place.thread);
    for (var query = 0u; query < QUERIES; query++) {
        made[8u * query + place.lane] = query_of(turns, place.first_head + query);
    }
    let position = step.position;
    if (range.x <= position && position < range.y) {
        let head = heads.q_heads + place.kv_head;
        store_key_slice(place.kv_head, place.lane, position, key_of(turns, head), WIDE);
        store_value_slice(place.kv_head, place.lane, position, value_of(turns, head + heads.kv_heads), WIDE);
    }
    workgroupBarrier();
    storageBarrier();
}

fn load_query(place: Place, query: u32) -> Slice {
    var slice = Slice();
    if (query < QUERIES) { slice = made[8u * query + place.lane]; }
    return slice;
}
