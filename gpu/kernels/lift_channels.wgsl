// Takes chosen channels out of activations: lifted[t, j] = x[t, channels[j]], and x[t, channels[j]] = 0.
override THREADS: u32 = 64u;
struct Lift { stride: u32, count: u32, unused_a: u32, unused_b: u32 }
@group(0) @binding(0) var<storage, read_write> x: array<f32>;
@group(0) @binding(1) var<storage, read> channels: array<u32>;
@group(0) @binding(2) var<storage, read_write> lifted: array<f32>;
@group(0) @binding(3) var<uniform> lift: Lift;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let j = group.x * THREADS + thread;
    if (j < lift.count) {
        let i = group.y * lift.stride + channels[j];
        lifted[group.y * lift.count + j] = x[i];
        x[i] = 0.0;
    }
}
