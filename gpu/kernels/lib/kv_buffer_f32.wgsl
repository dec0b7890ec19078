// Key-value cache in storage buffers, f32: the reference path.
@group(0) @binding(1) var<storage, read_write> keys: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> values: array<vec4<f32>>;

fn load_key(chunk: Chunk, position: u32) -> Eight {
    let i = 2u * cache_index(chunk, position);
    return Eight(keys[i], keys[i + 1u]);
}

fn load_value(chunk: Chunk, position: u32) -> Eight {
    let i = 2u * cache_index(chunk, position);
    return Eight(values[i], values[i + 1u]);
}

fn store_key(chunk: Chunk, position: u32, v: Eight) {
    let i = 2u * cache_index(chunk, position);
    keys[i] = v.low;
    keys[i + 1u] = v.high;
}

fn store_value(chunk: Chunk, position: u32, v: Eight) {
    let i = 2u * cache_index(chunk, position);
    values[i] = v.low;
    values[i + 1u] = v.high;
}
