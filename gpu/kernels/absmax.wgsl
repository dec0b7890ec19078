// m[t] = max_k |x[t, k]|; one workgroup a row.
override THREADS: u32 = 8u;
struct Rows { blocks: u32, unused_a: u32, unused_b: u32, unused_c: u32 }
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<uniform> rows: Rows;
@group(0) @binding(3) var<storage, read_write> absmax: array<f32>;
var<workgroup> partials: array<f32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    var largest = vec4<f32>();
    for (var i = thread; i < rows.blocks * 8u; i += THREADS) {
        largest = max(largest, abs(x[group.x * rows.blocks * 8u + i]));
    }
    partials[thread] = max(max(largest.x, largest.y), max(largest.z, largest.w));
    workgroupBarrier();
    if (thread == 0u) {
        var total = partials[0];
        for (var i = 1u; i < THREADS; i++) {
            total = max(total, partials[i]);
        }
        absmax[group.x] = total;
    }
}
