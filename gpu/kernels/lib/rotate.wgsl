// Heads of the q|k|v product, for whichever kernel has it at hand (`qkv_quad`): those of q and k are normalised (RMS
// over head_dim, times a gain) and rotated by position (half-split RoPE: pairs are d and d + head_dim/2); keys and
// values go into the cache.
//   q_out[t, h, d] = rope(q · gain / rms) / √head_dim
// A team of eight lanes takes a head; lane l makes chunks l and l + 8 of eight dimensions. Those of q and k hold
// rotation partners together, quad c of the lower half and quad c of the upper: a dot product does not mind the order
// of dimensions. What heads of a token share is loaded once.
@group(0) @binding(13) var<storage, read> q_gain: array<vec4<f32>>;
@group(0) @binding(14) var<storage, read> k_gain: array<vec4<f32>>;
@group(0) @binding(15) var<storage, read> rope: array<vec4<f32>>;  // [position, cos half | sin half]
@group(0) @binding(8) var<storage, read_write> q_out: array<vec4<f32>>;

struct Turn { cosine: vec4<f32>, sine: vec4<f32>, query: Eight, key: Eight }  // query and key: their gains

fn turn_of(position: u32, quad: u32, half: u32) -> Turn {
    if (quad >= half) {
        return Turn();
    }
    let i = 2u * position * half + quad;
    return Turn(rope[i], rope[i + half], Eight(q_gain[quad], q_gain[half + quad]),
                Eight(k_gain[quad], k_gain[half + quad]));
}

// Four neighbouring dimensions of the lower half and their partners.
fn partners(base: u32, quad: u32, half: u32) -> Eight {
    if (quad >= half) {
        return Eight();
    }
    return Eight(qkv_quad(base + quad), qkv_quad(base + half + quad));
}

fn neighbours(base: u32, chunk: u32, half: u32) -> Eight {
    var v = Eight();
    if (chunk < half) { v = Eight(qkv_quad(base + 2u * chunk), qkv_quad(base + 2u * chunk + 1u)); }
    return v;
}

fn rotated(v: Eight, turn: Turn, gain: Eight, scale: f32) -> Eight {
    let low = v.low * scale * gain.low;
    let high = v.high * scale * gain.high;
    return Eight(low * turn.cosine - high * turn.sine, high * turn.cosine + low * turn.sine);
}

fn squares(v: Eight) -> f32 {
    return dot(v.low, v.low) + dot(v.high, v.high);
}

fn store_query(i: u32, v: Eight, to_unit: f32) {
    q_out[2u * i] = v.low * to_unit;
    q_out[2u * i + 1u] = v.high * to_unit;
}

fn rotate_heads(first_head: u32, end_head: u32, token: u32, lane: u32) {
    let head_dim = heads.head_dim;  // constants are read once here: inside the loop that would cost a gather each
    let q_heads = heads.q_heads;
    let rotated_heads = q_heads + heads.kv_heads;
    let chunks = heads.head_chunks;
    let epsilon = heads.epsilon;
    let row = token * heads.qkv_stride;
    let position = step.position + token;
    let half = head_dim / 8u;
    let to_unit = 1.0 / sqrt(f32(head_dim));
    let is_wide = chunks > 8u;
    let turn_a = turn_of(position, lane, half);
    let turn_b = turn_of(position, lane + 8u, half);
    for (var head = first_head; head < end_head; head++) {
        let base = (row + head * head_dim) / 4u;
        if (head >= rotated_heads) {
            let kv_head = head - rotated_heads;
            let v = mixed(Slice(neighbours(base, lane, half), neighbours(base, lane + 8u, half)), is_wide, lane);
            store_value_slice(kv_head, lane, position, v, is_wide);
            continue;
        }
        let a = partners(base, lane, half);
        let b = partners(base, lane + 8u, half);
        var sum = squares(a) + squares(b);
        sum += lane_xor(sum, 1u, lane);
        sum += lane_xor(sum, 2u, lane);
        sum += lane_xor(sum, 4u, lane);
        let scale = 1.0 / sqrt(sum / f32(head_dim) + epsilon);
        if (head < q_heads) {
            let i = (token * q_heads + head) * chunks + lane;
            let v = mixed(Slice(rotated(a, turn_a, turn_a.query, scale), rotated(b, turn_b, turn_b.query, scale)), is_wide, lane);
            store_query(i, v.a, to_unit);
            if (is_wide) { store_query(i + 8u, v.b, to_unit); }
        } else {
            let kv_head = head - q_heads;
            let v = mixed(Slice(rotated(a, turn_a, turn_a.key, scale), rotated(b, turn_b, turn_b.key, scale)), is_wide, lane);
            store_key_slice(kv_head, lane, position, v, is_wide);
        }
    }
}
