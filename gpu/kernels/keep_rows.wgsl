// kept[(position + t) mod capacity, :] = x[t, :], so that the newest `capacity` tokens of the cache stay.
// Strides count quads of channels.
override THREADS: u32 = 64u;
struct Rows { stride: u32, capacity: u32, unused_a: u32, unused_b: u32 }
@group(0) @binding(1) var<storage, read> x: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read_write> kept: array<vec4<f32>>;
@group(0) @binding(3) var<uniform> rows: Rows;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let k = group.x * THREADS + thread;
    if (k < rows.stride) {
        let row = (step.position + group.y) % rows.capacity;
        kept[row * rows.stride + k] = x[group.y * rows.stride + k];
    }
}
