// y[t, r] (+)= Σ_k w[r, k] · x[t, k] for up to eight tokens at once: the decode kernel over storage buffers.
// One workgroup: four rows × COLUMNS tokens, which share the weights it reads; its threads share the blocks of 32
// along K and their sums are added up at the end, in the same order for any number of tokens.
override THREADS: u32 = 32u;  // a power of two
override COLUMNS: u32 = 1u;
override ACCUMULATE: bool = false;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
var<workgroup> partials: array<vec4<f32>, THREADS * COLUMNS>;

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
    partials[column * THREADS + thread] = sums;
}

fn add_up(thread: u32) {
    for (var stride = THREADS / 2u; stride > 0u; stride /= 2u) {
        workgroupBarrier();
        for (var i = thread; i < stride * COLUMNS; i += THREADS) {
            let at = i / stride * THREADS + i % stride;
            partials[at] += partials[at + stride];
        }
    }
    workgroupBarrier();
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let token = group.y * COLUMNS;
    let row = group.x * 4u;
    var sums = Totals();
    for (var block = thread; block < matrix.x_blocks; block += THREADS) {
        let w = load_rows(row, block);
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
    add_up(thread);
    for (var i = thread; i < 4u * COLUMNS; i += THREADS) {
        let column = i / 4u;
        if (row + i % 4u < matrix.rows && token + column < step.tokens) {
            let at = (token + column) * matrix.y_stride + matrix.row_offset + row + i % 4u;
            let total = partials[column * THREADS][i % 4u];
            if (ACCUMULATE) { y[at] += total; } else { y[at] = total; }
        }
    }
}
