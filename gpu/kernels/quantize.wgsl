// q8_1 codes of x [T, K] under one scale for every BLOCKS_PER_SCALE blocks, for a row, or for the whole pass.
// Whatever the granularity, a scale is stored for each block of 32, so the matrix kernels need not know.
const SCOPE_BLOCKS: u32 = 0u;
const SCOPE_TOKEN: u32 = 1u;
const SCOPE_TENSOR: u32 = 2u;
override THREADS: u32 = 8u;
override SCOPE: u32 = 0u;
override BLOCKS_PER_SCALE: u32 = 1u;
struct Rows { blocks: u32, unused_a: u32, unused_b: u32, unused_c: u32 }
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> rows: Rows;
@group(0) @binding(3) var<storage, read> row_absmax: array<f32>;

fn load(row: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 8u * (row * rows.blocks + block);
    return array<vec4<f32>, 8>(x[i], x[i + 1u], x[i + 2u], x[i + 3u], x[i + 4u], x[i + 5u], x[i + 6u], x[i + 7u]);
}

fn absmax_in_scope(row: u32, block: u32) -> f32 {
    if (SCOPE == SCOPE_TOKEN) {
        return row_absmax[row];
    }
    var largest = 0.0;
    if (SCOPE == SCOPE_TENSOR) {
        for (var i = 0u; i < step.tokens; i++) {
            largest = max(largest, row_absmax[i]);
        }
        return largest;
    }
    let start = block / BLOCKS_PER_SCALE * BLOCKS_PER_SCALE;
    largest = block_absmax(load(row, start));  // not from zero: of NaN alone the largest is NaN
    for (var i = start + 1u; i < min(start + BLOCKS_PER_SCALE, rows.blocks); i++) {
        largest = max(largest, block_absmax(load(row, i)));
    }
    return largest;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let block = group.x * THREADS + thread;
    if (block < rows.blocks) {
        write_codes(group.y, rows.blocks, block, load(group.y, block), absmax_in_scope(group.y, block));
    }
}
