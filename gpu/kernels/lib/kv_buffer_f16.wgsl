// Key-value cache in storage buffers, f16.
@group(0) @binding(1) var<storage, read_write> keys: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> values: array<vec4<u32>>;

fn load_key(chunk: Chunk, position: u32) -> Eight {
    return unpack_eight(keys[cache_index(chunk, position)]);
}

fn load_value(chunk: Chunk, position: u32) -> Eight {
    return unpack_eight(values[cache_index(chunk, position)]);
}

fn store_key(chunk: Chunk, position: u32, v: Eight) {
    keys[cache_index(chunk, position)] = pack_eight(v);
}

fn store_value(chunk: Chunk, position: u32, v: Eight) {
    values[cache_index(chunk, position)] = pack_eight(v);
}
