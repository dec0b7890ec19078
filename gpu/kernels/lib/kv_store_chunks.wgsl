// A lane's slice of a head goes into the cache chunk by chunk.
fn store_key_slice(kv_head: u32, lane: u32, position: u32, s: Slice, is_wide: bool) {
    store_key(cache_chunk(kv_head, lane), position, s.a);
    if (is_wide) { store_key(cache_chunk(kv_head, lane + 8u), position, s.b); }
}

fn store_value_slice(kv_head: u32, lane: u32, position: u32, s: Slice, is_wide: bool) {
    store_value(cache_chunk(kv_head, lane), position, s.a);
    if (is_wide) { store_value(cache_chunk(kv_head, lane + 8u), position, s.b); }
}
