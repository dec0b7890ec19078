// out[m, t] = what thread t receives from lane_xor with mask m: t ^ m where subgroups hold whole teams of eight.
@group(0) @binding(1) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(TEAM_THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
    for (var mask = 0u; mask < 8u; mask++) {
        out[mask * TEAM_THREADS + thread] = lane_xor(f32(thread), mask, thread);
    }
}
