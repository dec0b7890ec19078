// p = softmax over the E experts of a token, in f32; the k largest, the first of equals first, and their shares:
// p itself, or p / Σ p of the chosen where NORMALISE. One workgroup of one invocation: a token.
override NORMALISE: bool = true;
struct Routing { experts: u32, each: u32, unused_a: u32, unused_b: u32 }
@group(0) @binding(0) var<uniform> routing: Routing;
@group(0) @binding(1) var<storage, read> logits: array<f32>;
@group(0) @binding(2) var<storage, read_write> chosen: array<u32>;
@group(0) @binding(3) var<storage, read_write> shares: array<f32>;

// The best expert after (value, index) in the order of falling logits and rising indices.
fn next(row: u32, value: f32, index: u32, is_first: bool) -> u32 {
    var best = routing.experts;
    for (var e = 0u; e < routing.experts; e++) {
        let v = logits[row + e];
        let comes_after = is_first || v < value || (v == value && e > index);
        if (comes_after && (best == routing.experts || v > logits[row + best])) {
            best = e;
        }
    }
    return best;
}

@compute @workgroup_size(1)
fn main(@builtin(workgroup_id) group: vec3<u32>) {
    let row = group.y * routing.experts;
    let slot = group.y * routing.each;
    var index = next(row, 0.0, 0u, true);
    let largest = logits[row + index];
    var total = 0.0;
    for (var e = 0u; e < routing.experts; e++) {
        total += exp(logits[row + e] - largest);
    }
    var picked = 0.0;
    for (var i = 0u; i < routing.each; i++) {
        if (i > 0u) {
            index = next(row, logits[row + index], index, false);
        }
        let share = exp(logits[row + index] - largest) / total;
        chosen[slot + i] = index;
        shares[slot + i] = share;
        picked += share;
    }
    if (NORMALISE) {
        for (var i = 0u; i < routing.each; i++) {
            shares[slot + i] /= picked;
        }
    }
}
