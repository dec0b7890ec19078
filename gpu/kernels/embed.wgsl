// hidden[t, :] = E[ids[t], :], for the ids that fall into this slab of E.
// One workgroup gathers a row; each thread a block of 32 at a time.
override THREADS: u32 = 8u;
@group(0) @binding(3) var<storage, read> ids: array<u32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let token = group.x;
    let row = ids[token] - matrix.row_offset;  // wraps around below the slab
    if (row >= matrix.rows) {
        return;
    }
    for (var block = thread; block < matrix.x_blocks; block += THREADS) {
        write_values(token, matrix.x_blocks, block, weight_values(row, block));
    }
}
