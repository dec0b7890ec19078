// sum[t, r] = Σ_b d_w[r, b] · d_x[t, b] · Σ_{k in block b} (q_w[r, k] − 8) · q_x[t, k]
//
// Weights: 4-bit, in a read-only storage texture, two rows ("a pair") to a 32-bit word: nibble j of the low half
// belongs to row 2p, nibble j of the high half to row 2p + 1. One 32-bit multiply by an activation is then two
// products; a block's sum stays below 2^15 (8 · 127 · 32), so the halves never meet.
// A pair's texels: `blocks` first halves, `blocks` second halves, then f16 scale pairs, four chunks to a texel.
// Activations: q8_1 in blocks of 32, quantized before or on loading (lib/pairs_x_*). What becomes of the sums is
// up to lib/pairs_store*.
//
// One workgroup is one team of 8 lanes. Lane l holds block l of each of CHUNKS chunks (8 blocks each) for TOKENS
// tokens in registers, and walks matrix.pairs_per_workgroup pairs of rows past them: a multiple of four. A loop in
// that loop would have software adapters load all those registers again and again.
override CHUNKS: u32 = 4u;
override TOKENS: u32 = 8u;
override SPANS: u32 = 1u;       // of CHUNKS chunks, which make up K
@group(0) @binding(9) var weights: texture_storage_2d<rgba32uint, read>;

struct Tokens { t0: Block, t1: Block, t2: Block, t3: Block, t4: Block, t5: Block, t6: Block, t7: Block }
struct Sums { t0: vec2<f32>, t1: vec2<f32>, t2: vec2<f32>, t3: vec2<f32>,
              t4: vec2<f32>, t5: vec2<f32>, t6: vec2<f32>, t7: vec2<f32> }
struct Pairs { a0: vec4<i32>, a1: vec4<i32>, a2: vec4<i32>, a3: vec4<i32>,
               b0: vec4<i32>, b1: vec4<i32>, b2: vec4<i32>, b3: vec4<i32>, scales: vec2<f32> }

fn load_tokens(first: u32, block: u32) -> Tokens {
    var out: Tokens;
    out.t0 = load_block(first, block);
    if (TOKENS > 1u) { out.t1 = load_block(first + 1u, block); }
    if (TOKENS > 2u) {
        out.t2 = load_block(first + 2u, block);
        out.t3 = load_block(first + 3u, block);
    }
    if (TOKENS > 4u) {
        out.t4 = load_block(first + 4u, block);
        out.t5 = load_block(first + 5u, block);
        out.t6 = load_block(first + 6u, block);
        out.t7 = load_block(first + 7u, block);
    }
    return out;
}

fn nibbles(words: vec4<u32>, shift: u32) -> vec4<i32> {
    return bitcast<vec4<i32>>((words >> vec4<u32>(shift)) & vec4<u32>(0x000f000fu));
}

fn load_pairs(tx: u32, ty: u32, blocks: u32, scales: u32) -> Pairs {
    let first = textureLoad(weights, vec2<u32>(tx, ty));
    let second = textureLoad(weights, vec2<u32>(tx + blocks, ty));
    var out: Pairs;
    out.a0 = nibbles(first, 0u);
    out.a1 = nibbles(first, 4u);
    out.a2 = nibbles(first, 8u);
    out.a3 = nibbles(first, 12u);
    out.b0 = nibbles(second, 0u);
    out.b1 = nibbles(second, 4u);
    out.b2 = nibbles(second, 8u);
    out.b3 = nibbles(second, 12u);
    out.scales = unpack2x16float(scales);
    return out;
}

fn add_pair_dot(sum: vec2<f32>, w: Pairs, x: Block) -> vec2<f32> {
    let sums = w.a0 * x.a0 + w.a1 * x.a1 + w.a2 * x.a2 + w.a3 * x.a3
             + w.b0 * x.b0 + w.b1 * x.b1 + w.b2 * x.b2 + w.b3 * x.b3;
    let both = sums.x + sums.y + sums.z + sums.w + x.bias;
    let low = bitcast<f32>((both & 0xffff) | 0x4b000000) - 8421376.0;  // 2^23 + the half, less 2^23 + 2^15
    return fma(w.scales * x.scale, vec2<f32>(low, f32(both >> 16u)), sum);
}

fn accumulate(sums: ptr<function, Sums>, w: Pairs, x: Tokens) {
    (*sums).t0 = add_pair_dot((*sums).t0, w, x.t0);
    if (TOKENS > 1u) { (*sums).t1 = add_pair_dot((*sums).t1, w, x.t1); }
    if (TOKENS > 2u) {
        (*sums).t2 = add_pair_dot((*sums).t2, w, x.t2);
        (*sums).t3 = add_pair_dot((*sums).t3, w, x.t3);
    }
    if (TOKENS > 4u) {
        (*sums).t4 = add_pair_dot((*sums).t4, w, x.t4);
        (*sums).t5 = add_pair_dot((*sums).t5, w, x.t5);
        (*sums).t6 = add_pair_dot((*sums).t6, w, x.t6);
        (*sums).t7 = add_pair_dot((*sums).t7, w, x.t7);
    }
}

// One step of a transpose-and-add over lanes whose numbers differ in bit `mask`: halves the values a lane holds.
fn fold(a: f32, b: f32, mask: u32, lane: u32) -> f32 {
    let upper = (lane & mask) != 0u;
    return select(a, b, upper) + lane_xor(select(b, a, upper), mask, lane);
}

fn fold4(v0: f32, v1: f32, v2: f32, v3: f32, lane: u32) -> f32 {
    return fold(fold(v0, v1, 1u, lane), fold(v2, v3, 1u, lane), 2u, lane);
}

// Sums eight values over the eight lanes; lane l gets the total of value l.
fn fold8(v0: f32, v1: f32, v2: f32, v3: f32, v4: f32, v5: f32, v6: f32, v7: f32, lane: u32) -> f32 {
    return fold(fold4(v0, v1, v2, v3, lane), fold4(v4, v5, v6, v7, lane), 4u, lane);
}

// The totals of a pair of rows for up to four tokens: lane l gets that of token l % TOKENS, row l / TOKENS % 2.
fn pair_total(sums: Sums, lane: u32) -> f32 {
    if (TOKENS == 4u) {
        return fold8(sums.t0.x, sums.t1.x, sums.t2.x, sums.t3.x,
                     sums.t0.y, sums.t1.y, sums.t2.y, sums.t3.y, lane);
    }
    var total = 0.0;
    if (TOKENS == 2u) {
        total = fold4(sums.t0.x, sums.t1.x, sums.t0.y, sums.t1.y, lane);
    } else {
        total = fold(sums.t0.x, sums.t0.y, 1u, lane);
        total += lane_xor(total, 2u, lane);
    }
    return total + lane_xor(total, 4u, lane);
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let blocks = matrix.blocks;  // constants are read once here: inside the loop that would cost a gather each
    let pair_texels = matrix.pair_texels;
    let pairs_log2 = matrix.pairs_log2;
    let first_token = group.y * TOKENS;
    let first_pair = group.x * matrix.pairs_per_workgroup;
    prepare(first_token, group.x, lane);
    let at_once = max(1u, 4u / TOKENS);  // pairs whose totals fill the lanes
    let pairs = ((matrix.rows + 1u) / 2u + at_once - 1u) / at_once * at_once;
    let end_pair = min(first_pair + matrix.pairs_per_workgroup, pairs);
    for (var span = 0u; span < SPANS; span++) {
        let start = span * CHUNKS * 8u;
        let x0 = load_tokens(first_token, start + lane);
        let x1 = load_tokens(first_token, start + 8u + lane);
        let x2 = load_tokens(first_token, start + 16u + lane);
        let x3 = load_tokens(first_token, start + 24u + lane);
        let is_first = span == 0u;
        let is_last = span + 1u == SPANS;
        var total = 0.0;  // fewer TOKENS than lanes: what of `at_once` pairs is this lane's
        for (var pair = first_pair; pair < end_pair; pair++) {
            let tx = (pair & ((1u << pairs_log2) - 1u)) * pair_texels;
            let ty = pair >> pairs_log2;
            let scales = textureLoad(weights, vec2<u32>(tx + 2u * blocks + start / CHUNKS + lane, ty));
            var sums = Sums();
            accumulate(&sums, load_pairs(tx + start + lane, ty, blocks, scales.x), x0);
            if (CHUNKS > 1u) { accumulate(&sums, load_pairs(tx + start + 8u + lane, ty, blocks, scales.y), x1); }
            if (CHUNKS > 2u) { accumulate(&sums, load_pairs(tx + start + 16u + lane, ty, blocks, scales.z), x2); }
            if (CHUNKS > 3u) { accumulate(&sums, load_pairs(tx + start + 24u + lane, ty, blocks, scales.w), x3); }
            if (TOKENS < 8u) {
                total = select(total, pair_total(sums, lane), pair % at_once == lane / (2u * TOKENS));
                if ((pair + 1u) % at_once == 0u) {
                    let row = 2u * (pair + 1u - at_once) + lane / TOKENS;
                    let partner = lane_xor(total, TOKENS, lane);
                    store_row(first_token + lane % TOKENS, row, total, partner, is_first, is_last);
                }
            } else {
                let even = fold8(sums.t0.x, sums.t1.x, sums.t2.x, sums.t3.x,
                                 sums.t4.x, sums.t5.x, sums.t6.x, sums.t7.x, lane);
                let odd = fold8(sums.t0.y, sums.t1.y, sums.t2.y, sums.t3.y,
                                sums.t4.y, sums.t5.y, sums.t6.y, sums.t7.y, lane);
                store_row(first_token + lane, 2u * pair, even, odd, is_first, is_last);
                store_row(first_token + lane, 2u * pair + 1u, odd, even, is_first, is_last);
            }
        }
    }
    finish(2u * first_pair, 2u * end_pair, first_token, lane);
}
