// Queries into a buffer, keys and values into the cache, head by head, by one team of eight lanes.
@group(0) @binding(8) var<storage, read_write> q_out: array<vec4<f32>>;

fn store_query(i: u32, v: Eight) {
    q_out[2u * i] = v.low;
    q_out[2u * i + 1u] = v.high;
}

fn rotate_heads(first_head: u32, end_head: u32, token: u32, lane: u32) {
    let turns = turns_of(token, lane, lane);
    let position = step.position + token;
    let q_heads = heads.q_heads;
    let rotated_heads = q_heads + heads.kv_heads;
    let first_chunk = token * q_heads * heads.head_chunks + lane;
    let chunks = heads.head_chunks;
    let is_wide = chunks > 8u;
    for (var head = first_head; head < end_head; head++) {
        if (head >= rotated_heads) {
            store_value_slice(head - rotated_heads, lane, position, value_of(turns, head), is_wide);
        } else if (head >= q_heads) {
            store_key_slice(head - q_heads, lane, position, key_of(turns, head), is_wide);
        } else {
            let query = query_of(turns, head);
            store_query(first_chunk + head * chunks, query.a);
            if (is_wide) { store_query(first_chunk + head * chunks + 8u, query.b); }
        }
    }
}
