// Key-value cache in storage textures, f16: fast on software adapters.
@group(0) @binding(1) var keys: texture_storage_2d<rgba32uint, write>;
@group(0) @binding(2) var values: texture_storage_2d<rgba32uint, write>;

fn store_key(chunk: Chunk, position: u32, v: Eight) {
    textureStore(keys, cache_texel(chunk, position), pack_eight(v));
}

fn store_value(chunk: Chunk, position: u32, v: Eight) {
    textureStore(values, cache_texel(chunk, position), pack_eight(v));
}
