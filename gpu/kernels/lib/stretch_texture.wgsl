// Each stretch of x is a row of a texture.
@group(0) @binding(1) var x: texture_storage_2d<rgba32uint, read>;

fn stretch_word(stretch: u32, i: u32) -> vec4<u32> {
    return textureLoad(x, vec2<u32>(i, stretch));
}
