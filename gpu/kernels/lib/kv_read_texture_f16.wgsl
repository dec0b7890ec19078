// Key-value cache in storage textures, f16: fast on software adapters.
@group(0) @binding(1) var keys: texture_storage_2d<rgba32uint, read>;
@group(0) @binding(2) var values: texture_storage_2d<rgba32uint, read>;

fn load_key(position: u32, head: u32, chunk: u32) -> Eight {
    return unpack_eight(textureLoad(keys, cache_texel(position, head, chunk)));
}

fn load_value(position: u32, head: u32, chunk: u32) -> Eight {
    return unpack_eight(textureLoad(values, cache_texel(position, head, chunk)));
}
