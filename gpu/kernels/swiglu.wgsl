// y[t, k] = silu(gate[t, k]) · up[t, k], with silu(g) = g / (1 + e^−g).
// A row of `gate_up` holds gate, up, gate, up, …; each invocation takes a block of 32 columns.
override THREADS: u32 = 8u;
struct Mlp { width: u32, blocks: u32, unused_a: u32, unused_b: u32 }
@group(0) @binding(1) var<storage, read> gate_up: array<vec2<f32>>;
@group(0) @binding(2) var<uniform> mlp: Mlp;

fn gated(row: u32, column: u32) -> f32 {
    if (column >= mlp.width) {
        return 0.0;
    }
    let v = gate_up[row + column];
    return v.x / (1.0 + exp(-v.x)) * v.y;
}

fn gated4(row: u32, column: u32) -> vec4<f32> {
    return vec4<f32>(gated(row, column), gated(row, column + 1u), gated(row, column + 2u), gated(row, column + 3u));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let block = group.x * THREADS + thread;
    if (block >= mlp.blocks) {
        return;
    }
    let row = group.y * mlp.width;
    let k = block * 32u;
    emit(group.y, mlp.blocks, block, array<vec4<f32>, 8>(
        gated4(row, k), gated4(row, k + 4u), gated4(row, k + 8u), gated4(row, k + 12u),
        gated4(row, k + 16u), gated4(row, k + 20u), gated4(row, k + 24u), gated4(row, k + 28u),
    ));
}
