// Key-value cache in storage buffers, f16.
@group(0) @binding(1) var<storage, read> keys: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read> values: array<vec4<u32>>;

fn load_key(position: u32, head: u32, chunk: u32) -> Eight {
    return unpack_eight(keys[cache_index(position, head, chunk)]);
}

fn load_value(position: u32, head: u32, chunk: u32) -> Eight {
    return unpack_eight(values[cache_index(position, head, chunk)]);
}
