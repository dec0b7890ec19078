// Splits q|k|v, normalises each head of q and k (RMS over head_dim, times a gain), rotates them by position
// (half-split RoPE: pairs are d and d + head_dim/2), and writes keys and values into the cache.
//   q_out[t, h, d] = rope(q · gain / rms) / √head_dim
// One workgroup is one team of eight lanes on one head of one token; a lane makes chunks of eight dimensions.
@group(0) @binding(3) var<storage, read> qkv: array<f32>;
@group(0) @binding(4) var<storage, read> q_gain: array<f32>;
@group(0) @binding(5) var<storage, read> k_gain: array<f32>;
@group(0) @binding(6) var<storage, read> rope: array<f32>;  // [position, cos half | sin half]
@group(0) @binding(8) var<storage, read_write> q_out: array<vec4<f32>>;

struct Source { base: u32, angles: u32, scale: f32, kind: u32 }
const QUERY: u32 = 0u;
const KEY: u32 = 1u;
const VALUE: u32 = 2u;

fn normed(source: Source, d: u32) -> f32 {
    let gain = select(k_gain[d], q_gain[d], source.kind == QUERY);
    return qkv[source.base + d] * source.scale * gain;
}

fn element(source: Source, d: u32) -> f32 {
    if (d >= heads.head_dim) {
        return 0.0;
    }
    if (source.kind == VALUE) {
        return qkv[source.base + d];
    }
    let half = heads.head_dim / 2u;
    let low = d < half;
    let angle = source.angles + select(d - half, d, low);
    let partner = normed(source, select(d - half, d + half, low));
    return normed(source, d) * rope[angle] + select(partner, -partner, low) * rope[angle + half];
}

fn eight(source: Source, d: u32) -> Eight {
    return Eight(
        vec4<f32>(element(source, d), element(source, d + 1u), element(source, d + 2u), element(source, d + 3u)),
        vec4<f32>(element(source, d + 4u), element(source, d + 5u), element(source, d + 6u), element(source, d + 7u)),
    );
}

fn kind_of(head: u32) -> u32 {
    return select(select(VALUE, KEY, head < heads.q_heads + heads.kv_heads), QUERY, head < heads.q_heads);
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let head = group.x;
    let token = group.y;
    let position = step.position + token;
    let base = token * heads.qkv_stride + head * heads.head_dim;
    var squares = 0.0;
    for (var d = lane; d < heads.head_dim; d += 8u) {
        squares += qkv[base + d] * qkv[base + d];
    }
    squares += lane_xor(squares, 1u, lane);
    squares += lane_xor(squares, 2u, lane);
    squares += lane_xor(squares, 4u, lane);
    let scale = 1.0 / sqrt(squares / f32(heads.head_dim) + heads.epsilon);
    let source = Source(base, position * heads.head_dim, scale, kind_of(head));
    for (var chunk = lane; chunk < heads.head_chunks; chunk += 8u) {
        let v = eight(source, chunk * 8u);
        if (source.kind == QUERY) {
            let i = 2u * ((token * heads.q_heads + head) * heads.head_chunks + chunk);
            let to_unit = 1.0 / sqrt(f32(heads.head_dim));
            q_out[i] = v.low * to_unit;
            q_out[i + 1u] = v.high * to_unit;
        } else if (source.kind == KEY) {
            store_key(position, head - heads.q_heads, chunk, v);
        } else {
            store_value(position, head - heads.q_heads - heads.kv_heads, chunk, v);
        }
    }
}
