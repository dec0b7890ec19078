// y[t, r] (+)= Σ_k w[r, k] · x[t, k] for one token a workgroup row: the decode kernel over storage buffers.
// One workgroup: four rows; its threads share the blocks of 32 along K and their sums are reduced at the end.
override ACCUMULATE: bool = false;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let token = group.y;
    let row = group.x * 4u;
    let last = matrix.rows - 1u;  // rows beyond the slab repeat its last one and are not stored
    var sums = vec4<f32>();
    for (var block = thread; block < matrix.x_blocks; block += THREADS) {
        let x = x_block(token, block);
        let rows = min(vec4<u32>(row, row + 1u, row + 2u, row + 3u), vec4<u32>(last));
        sums += x_factor(token, block) * vec4<f32>(
            block_dot(weight_block(rows.x, block), x) * weight_factor(rows.x, block),
            block_dot(weight_block(rows.y, block), x) * weight_factor(rows.y, block),
            block_dot(weight_block(rows.z, block), x) * weight_factor(rows.z, block),
            block_dot(weight_block(rows.w, block), x) * weight_factor(rows.w, block),
        );
    }
    let totals = workgroup_sum(sums, thread);
    if (thread < 4u && row + thread < matrix.rows) {
        let i = token * matrix.y_stride + matrix.row_offset + row + thread;
        if (ACCUMULATE) { y[i] += totals[thread]; } else { y[i] = totals[thread]; }
    }
}
