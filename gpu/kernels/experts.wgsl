// Rows of the experts that tokens chose. A slot is a token's i-th choice: slot = token · each + i.
//   gather:      y[slot, r]   = Σ_k w[chosen[slot], r, k] · x[slot / each, k]
//   SCATTER:     y[token, r] += Σ_slots shares[slot] · Σ_k w[chosen[slot], r, k] · x[slot, k]
// One workgroup: four rows of an expert for one slot, or for all slots of one token. A slab holds whole experts;
// a slot whose expert lies in another slab is left to that slab's dispatch.
override SCATTER: bool = false;
struct Experts {
    rows: u32,   // of an expert
    first: u32,  // expert of the slab
    count: u32,  // experts in the slab
    each: u32,   // experts a token
}
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<uniform> experts: Experts;
@group(0) @binding(8) var<storage, read> chosen: array<u32>;
@group(0) @binding(9) var<storage, read> shares: array<f32>;

fn four_rows(first_row: u32, last_row: u32, x_row: u32, thread: u32) -> vec4<f32> {
    var sums = vec4<f32>();
    let rows = min(first_row + vec4<u32>(0u, 1u, 2u, 3u), vec4<u32>(last_row));
    for (var block = thread; block < matrix.x_blocks; block += THREADS) {
        let x = x_block(x_row, block);
        sums += x_factor(x_row, block) * vec4<f32>(
            block_dot(weight_block(rows.x, block), x) * weight_factor(rows.x, block),
            block_dot(weight_block(rows.y, block), x) * weight_factor(rows.y, block),
            block_dot(weight_block(rows.z, block), x) * weight_factor(rows.z, block),
            block_dot(weight_block(rows.w, block), x) * weight_factor(rows.w, block),
        );
    }
    return sums;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let row = group.x * 4u;
    let slots = select(1u, experts.each, SCATTER);
    var sums = vec4<f32>();
    var held = 0u;  // slots whose expert is here
    for (var i = 0u; i < slots; i++) {
        let slot = group.y * slots + i;
        let expert = chosen[slot] - experts.first;
        if (expert < experts.count) {  // an expert before the slab wraps around to a large number
            held += 1u;
            let start = expert * experts.rows;
            let x_row = select(slot / experts.each, slot, SCATTER);
            let part = four_rows(start + row, start + experts.rows - 1u, x_row, thread);
            sums += select(1.0, shares[slot], SCATTER) * part;
        }
    }
    let totals = workgroup_sum(sums, thread);
    if (held > 0u && thread < 4u && row + thread < experts.rows) {
        let i = group.y * matrix.y_stride + row + thread;
        if (SCATTER) { y[i] += totals[thread]; } else { y[i] = totals[thread]; }
    }
}
