// Key-value cache in storage textures, f16: fast on software adapters.
@group(0) @binding(1) var keys: texture_storage_2d<rgba32uint, read>;
@group(0) @binding(2) var values: texture_storage_2d<rgba32uint, read>;

fn load_key(chunk: Chunk, position: u32) -> Eight {
    return unpack_eight(textureLoad(keys, cache_texel(chunk, position)));
}

fn load_value(chunk: Chunk, position: u32) -> Eight {
    return unpack_eight(textureLoad(values, cache_texel(chunk, position)));
}
