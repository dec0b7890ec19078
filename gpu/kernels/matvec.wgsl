// y[t, r] (+)= Σ_k w[r, k] · x[t, k] for up to eight tokens at once: the decode kernel over storage buffers.
// A team of LANES threads takes four rows × COLUMNS tokens, which share the weights it reads; its lanes share the blocks
// of 32 along K and their sums are added up at the end, in the same order for any number of tokens. TEAMS of them share
// what a workgroup makes of activations on loading, if it does (lib/x_staged.wgsl), and go down its rows together.
// What becomes of the sums is up to lib/store_*.
override LANES: u32 = 32u;  // a power of two
override TEAMS: u32 = 1u;
override COLUMNS: u32 = 1u;
var<workgroup> shares: array<vec4<f32>, LANES * TEAMS * COLUMNS>;

struct Rows { a: Block, b: Block, c: Block, d: Block, factors: vec4<f32> }
struct Totals { t0: vec4<f32>, t1: vec4<f32>, t2: vec4<f32>, t3: vec4<f32>,
                t4: vec4<f32>, t5: vec4<f32>, t6: vec4<f32>, t7: vec4<f32> }

fn load_rows(first: u32, block: u32) -> Rows {
    let last = matrix.rows - 1u;  // rows beyond the slab repeat its last one and are not stored
    let b = min(first + 1u, last);
    let c = min(first + 2u, last);
    let d = min(first + 3u, last);
    return Rows(weight_block(first, block), weight_block(b, block), weight_block(c, block), weight_block(d, block),
                vec4<f32>(weight_factor(first, block), weight_factor(b, block),
                          weight_factor(c, block), weight_factor(d, block)));
}

fn block_sums(w: Rows, token: u32, block: u32) -> vec4<f32> {
    let at = min(token, step.tokens - 1u);  // as tokens beyond the pass do
    let x = x_block(at, block);
    let dots = vec4<f32>(block_dot(w.a, x), block_dot(w.b, x), block_dot(w.c, x), block_dot(w.d, x));
    return x_factor(at, block) * (dots * w.factors);
}

fn share(column: u32, sums: vec4<f32>, thread: u32) {
    shares[column * LANES * TEAMS + thread] = sums;
}

// Those of a team's lanes for a token, of every team and token.
fn add_up(thread: u32) {
    for (var stride = LANES / 2u; stride > 0u; stride /= 2u) {
        workgroupBarrier();
        for (var i = thread; i < stride * TEAMS * COLUMNS; i += LANES * TEAMS) {
            let at = i / stride * LANES + i % stride;
            shares[at] += shares[at + stride];
        }
    }
    workgroupBarrier();
}

fn share_all(sums: Totals, thread: u32) {
    workgroupBarrier();  // those of earlier rows were stored
    share(0u, sums.t0, thread);
    if (COLUMNS > 1u) { share(1u, sums.t1, thread); }
    if (COLUMNS > 2u) {
        share(2u, sums.t2, thread);
        share(3u, sums.t3, thread);
    }
    if (COLUMNS > 4u) {
        share(4u, sums.t4, thread);
        share(5u, sums.t5, thread);
        share(6u, sums.t6, thread);
        share(7u, sums.t7, thread);
    }
}

fn store_all(row: u32, token: u32, thread: u32) {
    for (var i = thread; i < 4u * TEAMS * COLUMNS; i += LANES * TEAMS) {
        let four = i / 4u;  // rows of a team for a token
        let sums = shares[four * LANES];
        store_row(token + four / TEAMS, row + i % (4u * TEAMS), sums[i % 4u], sums[(i % 4u) ^ 1u], true, true);
    }
}

@compute @workgroup_size(LANES * TEAMS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let blocks = matrix.x_blocks;
    let token = group.y * COLUMNS;
    let first_row = group.x * matrix.pairs_per_workgroup * 2u;
    let end_row = min(first_row + matrix.pairs_per_workgroup * 2u, matrix.rows);
    prepare(token, group.x, thread);
    for (var row = first_row; row < end_row; row += 4u * TEAMS) {
        let own_row = min(row + thread / LANES * 4u, matrix.rows - 1u);
        var sums = Totals();
        for (var start = 0u; start < blocks; start += SPAN) {
            if (row == first_row || blocks > SPAN) { stage(token, start, thread); }
            let end = min(start + SPAN, blocks);
            for (var block = start + thread % LANES; block < end; block += LANES) {
                let w = load_rows(own_row, block);
                sums.t0 += block_sums(w, token, block);
                if (COLUMNS > 1u) { sums.t1 += block_sums(w, token + 1u, block); }
                if (COLUMNS > 2u) {
                    sums.t2 += block_sums(w, token + 2u, block);
                    sums.t3 += block_sums(w, token + 3u, block);
                }
                if (COLUMNS > 4u) {
                    sums.t4 += block_sums(w, token + 4u, block);
                    sums.t5 += block_sums(w, token + 5u, block);
                    sums.t6 += block_sums(w, token + 6u, block);
                    sums.t7 += block_sums(w, token + 7u, block);
                }
            }
        }
        share_all(sums, thread);
        add_up(thread);
        store_all(row, token, thread);
    }
}
