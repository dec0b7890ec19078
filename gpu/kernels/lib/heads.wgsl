// Shapes of attention. A head is padded with zeros to `head_chunks` chunks of eight dimensions, a multiple of eight.
struct Heads {
    q_heads: u32,
    kv_heads: u32,
    head_dim: u32,
    head_chunks: u32,     // eights of dimensions in one padded head
    qkv_stride: u32,      // distance between rows of the q|k|v matrix product
    out_stride: u32,      // distance between rows of attention's output
    window: u32,          // positions a token sees, itself included
    positions_log2: u32,  // positions in one row of a cache texture, as a power of two
    epsilon: f32,
    unused_a: u32,
    unused_b: u32,
    unused_c: u32,
}
@group(0) @binding(7) var<uniform> heads: Heads;

// Eight neighbouring dimensions.
struct Eight { low: vec4<f32>, high: vec4<f32> }

// What a lane owns of a head: chunks l and, of heads of more than 64 dimensions, l + 8.
struct Slice { a: Eight, b: Eight }

// A word holds dimensions i (low half) and i + 4 (high half) of eight, so that both come out as whole vectors.
fn pack_eight(v: Eight) -> vec4<u32> {
    return vec4<u32>(pack2x16float(vec2<f32>(v.low.x, v.high.x)), pack2x16float(vec2<f32>(v.low.y, v.high.y)),
                     pack2x16float(vec2<f32>(v.low.z, v.high.z)), pack2x16float(vec2<f32>(v.low.w, v.high.w)));
}

// f16 to f32 by moving the bits: sign and exponent into place, then 2^112 for the difference of the biases.
fn widen(halves: vec4<i32>) -> vec4<f32> {
    return bitcast<vec4<f32>>((halves >> vec4<u32>(3u)) & vec4<i32>(i32(0x8fffe000u))) * 0x1p112;
}

fn unpack_eight(words: vec4<u32>) -> Eight {
    return Eight(widen(bitcast<vec4<i32>>(words << vec4<u32>(16u))), widen(bitcast<vec4<i32>>(words)));
}

// A chunk of a head in the cache. Made once, before a loop: software adapters gather constants on every use.
struct Chunk { stride: u32, offset: u32, positions_log2: u32 }

fn cache_chunk(head: u32, chunk: u32) -> Chunk {
    return Chunk(heads.kv_heads * heads.head_chunks, head * heads.head_chunks + chunk, heads.positions_log2);
}

fn cache_index(chunk: Chunk, position: u32) -> u32 {
    return position * chunk.stride + chunk.offset;
}

fn cache_texel(chunk: Chunk, position: u32) -> vec2<u32> {
    let column = position & ((1u << chunk.positions_log2) - 1u);
    return vec2<u32>(cache_index(chunk, column), position >> chunk.positions_log2);
}
