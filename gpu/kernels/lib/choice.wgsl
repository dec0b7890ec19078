// How the next token is chosen, and in which order logits stand: of larger ones first, of equal ones the smaller id.
// A key orders as its logit does; zeros are alike, NaN is above infinity, and 0 is below all: no logit.
// Each invocation of a workgroup has a set of QUADS quads of logits, THREADS apart so that neighbours load neighbours.
override THREADS: u32 = 8u;
override QUADS: u32 = 64u;
struct Choice {
    vocabulary: u32,
    sets: u32,
    likeliest: u32,            // how many are reported
    kept: u32,                 // how many of them may be drawn
    inverse_temperature: f32,
    top_p: f32,
    min_p: f32,
    random: f32,               // from 0 to below 1
    slot: u32,                 // where the record goes
    unused_a: u32,
    unused_b: u32,
    unused_c: u32,
}
@group(0) @binding(0) var<uniform> choice: Choice;
@group(0) @binding(1) var<storage, read> logits: array<vec4<u32>>;
@group(0) @binding(2) var<storage, read_write> sets: array<vec4<u32>>;  // key, id, Σ e^s, Σ e^s s; s = logit − the set's largest

struct Best { key: u32, id: u32, at: u32 }  // `at`: a set, or nothing

const FARTHEST: f32 = -80.0;  // e^-80 vanishes beside the largest term
const LOWEST: f32 = -3.0e38;

fn is_before(a: Best, b: Best) -> bool {
    return (a.key > b.key) | ((a.key == b.key) & (a.id < b.id));
}

fn keys_of(bits: vec4<u32>) -> vec4<u32> {
    let sign = vec4<u32>(0x80000000u);
    let ordered = select(bits | sign, ~bits, (bits & sign) != vec4<u32>(0u));
    let one_zero = select(ordered, sign, (bits << vec4<u32>(1u)) == vec4<u32>(0u));
    return select(one_zero, vec4<u32>(0xfffffffeu), (bits & ~sign) > vec4<u32>(0x7f800000u));
}

fn logit_of(key: u32) -> f32 {
    return bitcast<f32>(select(~key, key & 0x7fffffffu, (key & 0x80000000u) != 0u));
}

// The quad that an invocation of a workgroup takes first.
fn first_quad(which: u32) -> u32 {
    return which / THREADS * THREADS * QUADS + which % THREADS;
}

// Keys of a quad of logits, 0 beyond the vocabulary.
fn keys_at(quad: u32, bits: vec4<u32>, vocabulary: u32) -> vec4<u32> {
    let ids = vec4<u32>(4u * quad) + vec4<u32>(0u, 1u, 2u, 3u);
    return select(vec4<u32>(0u), keys_of(bits), ids < vec4<u32>(vocabulary));
}

// `best`, or the first of a quad's keys that stands before it and after `last`.
fn best_of_quad(best: Best, quad: u32, keys: vec4<u32>, last: Best) -> Best {
    var found = best;
    for (var j = 0u; j < 4u; j++) {
        let other = Best(keys[j], 4u * quad + j, best.at);
        if (is_before(last, other) & is_before(other, found)) {
            found = other;
        }
    }
    return found;
}
