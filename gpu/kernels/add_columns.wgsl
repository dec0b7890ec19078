// y[t, n] += Σ_j lifted[t, j] · columns[j, n]: the share of a few channels in a product, in f32.
override THREADS: u32 = 64u;
struct Shape { rows: u32, y_stride: u32, count: u32, unused: u32 }
@group(0) @binding(0) var<storage, read> lifted: array<f32>;
@group(0) @binding(1) var<storage, read> columns: array<f32>;
@group(0) @binding(2) var<storage, read_write> y: array<f32>;
@group(0) @binding(3) var<uniform> shape: Shape;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let n = group.x * THREADS + thread;
    if (n >= shape.rows) {
        return;
    }
    var sum = 0.0;
    for (var j = 0u; j < shape.count; j++) {
        sum += lifted[group.y * shape.count + j] * columns[j * shape.rows + n];
    }
    y[group.y * shape.y_stride + n] += sum;
}
