// Heads of the q|k|v product, for whichever kernel has it at hand (`qkv_quad`): those of q and k are normalised (RMS
// over head_dim, times a gain) and rotated by position (half-split RoPE: pairs are d and d + head_dim/2):
//   q[t, h, d] = rope(q · gain / rms) / √head_dim
// A team of eight lanes takes a head; lane l makes chunks l and l + 8 of eight dimensions. Those of q and k hold
// rotation partners together, quad c of the lower half and quad c of the upper: a dot product does not mind the order
// of dimensions.
@group(0) @binding(13) var<storage, read> q_gain: array<vec4<f32>>;
@group(0) @binding(14) var<storage, read> k_gain: array<vec4<f32>>;
@group(0) @binding(15) var<storage, read> rope: array<vec4<f32>>;  // [position, cos half | sin half]

struct Turn { cosine: vec4<f32>, sine: vec4<f32>, query: Eight, key: Eight }  // query and key: their gains

// What heads of a token share is loaded once: in a loop constants would cost software adapters a gather each.
struct Turns { first_quad: u32, half: u32, is_wide: bool, head_dim: f32, epsilon: f32, a: Turn, b: Turn,
               lane: u32, thread: u32 }

fn turn_of(position: u32, quad: u32, half: u32) -> Turn {
    if (quad >= half) {
        return Turn();
    }
    let i = 2u * position * half + quad;
    return Turn(rope[i], rope[i + half], Eight(q_gain[quad], q_gain[half + quad]),
                Eight(k_gain[quad], k_gain[half + quad]));
}

// `thread` is that of the workgroup whose lane of a team this is.
fn turns_of(token: u32, lane: u32, thread: u32) -> Turns {
    let position = step.position + token;
    let half = heads.head_dim / 8u;
    return Turns(token * heads.qkv_stride / 4u, half, heads.head_chunks > 8u, f32(heads.head_dim), heads.epsilon,
                 turn_of(position, lane, half), turn_of(position, lane + 8u, half), lane, thread);
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

fn rotated_head(turns: Turns, head: u32, gain_a: Eight, gain_b: Eight) -> Slice {
    let base = turns.first_quad + 2u * turns.half * head;
    let a = partners(base, turns.lane, turns.half);
    let b = partners(base, turns.lane + 8u, turns.half);
    var sum = squares(a) + squares(b);
    sum += lane_xor(sum, 1u, turns.thread);
    sum += lane_xor(sum, 2u, turns.thread);
    sum += lane_xor(sum, 4u, turns.thread);
    let scale = 1.0 / sqrt(sum / turns.head_dim + turns.epsilon);
    let slice = Slice(rotated(a, turns.a, gain_a, scale), rotated(b, turns.b, gain_b, scale));
    return mixed(slice, turns.is_wide, turns.thread);
}

// Heads by their place in a row of q|k|v: as attention reads them, and as the cache keeps them.
fn query_of(turns: Turns, head: u32) -> Slice {
    let s = rotated_head(turns, head, turns.a.query, turns.b.query);
    let to_unit = 1.0 / sqrt(turns.head_dim);
    return Slice(Eight(s.a.low * to_unit, s.a.high * to_unit), Eight(s.b.low * to_unit, s.b.high * to_unit));
}

fn key_of(turns: Turns, head: u32) -> Slice {
    return rotated_head(turns, head, turns.a.key, turns.b.key);
}

fn value_of(turns: Turns, head: u32) -> Slice {
    let base = turns.first_quad + 2u * turns.half * head;
    let slice = Slice(neighbours(base, turns.lane, turns.half), neighbours(base, turns.lane + 8u, turns.half));
    return mixed(slice, turns.is_wide, turns.thread);
}
