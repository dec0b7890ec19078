// y[t, k] = x[first + t, k] / √(mean_k x² + ε) · gain[k]
// One workgroup normalises one row; each thread takes blocks of 32 and hands them on as f32, q8_1 or both, and to
// `keep_raw` (lib/keep_*) as they were.
struct Norm { width: u32, blocks: u32, epsilon: f32, unused: u32 }
@group(0) @binding(1) var<storage, read> x_values: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> gain: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> norm: Norm;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let row = (step.first + group.x) * norm.blocks;
    var squares = vec4<f32>();
    for (var i = thread; i < norm.blocks * 8u; i += THREADS) {
        let v = x_values[row * 8u + i];
        squares += v * v;
        keep_raw(group.x * norm.blocks * 8u + i, v);
    }
    let sums = workgroup_sum(squares, thread);
    let mean = (sums.x + sums.y + sums.z + sums.w) / f32(norm.width);
    let scale = 1.0 / sqrt(mean + norm.epsilon);
    for (var block = thread; block < norm.blocks; block += THREADS) {
        let i = (row + block) * 8u;
        let g = block * 8u;
        emit(group.x, norm.blocks, block, array<vec4<f32>, 8>(
            x_values[i] * scale * gain[g], x_values[i + 1u] * scale * gain[g + 1u],
            x_values[i + 2u] * scale * gain[g + 2u], x_values[i + 3u] * scale * gain[g + 3u],
            x_values[i + 4u] * scale * gain[g + 4u], x_values[i + 5u] * scale * gain[g + 5u],
            x_values[i + 6u] * scale * gain[g + 6u], x_values[i + 7u] * scale * gain[g + 7u],
        ));
    }
}
