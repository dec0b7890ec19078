// A head of the q|k|v product, for whichever kernel has it at hand (`qkv_quad`): one of q and k is normalised (RMS over
// head_dim, times a gain) and rotated by position (half-split RoPE: pairs are d and d + head_dim/2); keys and values
// go into the cache.
//   q_out[t, h, d] = rope(q · gain / rms) / √head_dim
// A team of eight lanes takes a head of a token; a lane makes chunks of eight dimensions. Those of q and k hold
// rotation partners together, quad c of the lower half and quad c of the upper: a dot product does not mind the order
// of dimensions, and each is loaded once.
@group(0) @binding(13) var<storage, read> q_gain: array<vec4<f32>>;
@group(0) @binding(14) var<storage, read> k_gain: array<vec4<f32>>;
@group(0) @binding(15) var<storage, read> rope: array<vec4<f32>>;  // [position, cos half | sin half]
@group(0) @binding(8) var<storage, read_write> q_out: array<vec4<f32>>;

struct Source { base: u32, angles: u32, scale: f32, is_query: bool }

fn head_gain(source: Source, quad: u32) -> vec4<f32> {
    if (source.is_query) {
        return q_gain[quad];
    }
    return k_gain[quad];
}

// Four neighbouring dimensions of the lower half and, as the upper four of the chunk, their partners.
fn rotated(source: Source, quad: u32) -> Eight {
    let half = heads.head_dim / 8u;
    if (quad >= half) {
        return Eight();
    }
    let low = qkv_quad(source.base + quad) * source.scale * head_gain(source, quad);
    let high = qkv_quad(source.base + half + quad) * source.scale * head_gain(source, half + quad);
    let cosine = rope[source.angles + quad];
    let sine = rope[source.angles + half + quad];
    return Eight(low * cosine - high * sine, high * cosine + low * sine);
}

fn plain(base: u32, quad: u32) -> vec4<f32> {
    if (quad >= heads.head_dim / 4u) {
        return vec4<f32>();
    }
    return qkv_quad(base + quad);
}

fn head_inverse_rms(base: u32, lane: u32) -> f32 {
    var squares = 0.0;
    for (var quad = lane; quad < heads.head_dim / 4u; quad += 8u) {
        let v = qkv_quad(base + quad);
        squares += dot(v, v);
    }
    squares += lane_xor(squares, 1u, lane);
    squares += lane_xor(squares, 2u, lane);
    squares += lane_xor(squares, 4u, lane);
    return 1.0 / sqrt(squares / f32(heads.head_dim) + heads.epsilon);
}

fn rotate_head(head: u32, token: u32, lane: u32) {
    let position = step.position + token;
    let base = (token * heads.qkv_stride + head * heads.head_dim) / 4u;
    let first_value_head = heads.q_heads + heads.kv_heads;
    if (head >= first_value_head) {
        for (var chunk = lane; chunk < heads.head_chunks; chunk += 8u) {
            let v = Eight(plain(base, 2u * chunk), plain(base, 2u * chunk + 1u));
            store_value(cache_chunk(head - first_value_head, chunk), position, v);
        }
        return;
    }
    let is_query = head < heads.q_heads;
    let source = Source(base, position * heads.head_dim / 4u, head_inverse_rms(base, lane), is_query);
    for (var chunk = lane; chunk < heads.head_chunks; chunk += 8u) {
        let v = rotated(source, chunk);
        if (is_query) {
            let i = 2u * ((token * heads.q_heads + head) * heads.head_chunks + chunk);
            let to_unit = 1.0 / sqrt(f32(heads.head_dim));
            q_out[i] = v.low * to_unit;
            q_out[i + 1u] = v.high * to_unit;
        } else {
            store_key(cache_chunk(head - heads.q_heads, chunk), position, v);
        }
    }
}
