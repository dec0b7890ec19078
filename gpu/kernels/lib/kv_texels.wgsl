// Key-value cache of codes in storage textures, of heads of more than 64 dimensions: fast on software adapters. A head's
// texels hold the codes of lane after lane, each with those of chunks l and l + 8; one more holds the four scales.
const CODE_TEXELS: u32 = 4u * CODE_WORDS;
const LANES_A_TEXEL: u32 = 2u / CODE_WORDS;

fn head_texel(chunk: Chunk, position: u32) -> vec2<u32> {
    let column = position & ((1u << chunk.positions_log2) - 1u);
    let head = column * (chunk.stride / 16u) + chunk.offset / 16u;
    return vec2<u32>(head * (CODE_TEXELS + 1u), position >> chunk.positions_log2);
}
