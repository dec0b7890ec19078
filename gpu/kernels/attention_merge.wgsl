// out[t, h, :] = Σ_i e^(m_i − m) s_i / Σ_i e^(m_i − m) w_i over the parts i of the context, m = max_i m_i: what
// workgroups that saw a part each (lib/attended_part.wgsl) make together.
// One workgroup: a head of a token; a thread has four neighbouring dimensions.
override PARTS: u32 = 8u;
@group(0) @binding(3) var<storage, read> parts: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

@compute @workgroup_size(32)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let quads = 2u * heads.head_chunks;
    let first = (group.y * heads.q_heads + group.x) * PARTS * (quads + 1u);
    let end = first + PARTS * (quads + 1u);
    var maximum = parts[first + quads].x;
    for (var i = first; i < end; i += quads + 1u) {
        maximum = max(maximum, parts[i + quads].x);
    }
    var sum = vec4<f32>();
    var weight = 0.0;
    for (var i = first; i < end; i += quads + 1u) {
        let share = exp(parts[i + quads].x - maximum);
        sum += share * parts[i + min(thread, quads)];
        weight += share * parts[i + quads].y;
    }
    let mean = sum / weight;
    let d = 4u * thread;
    for (var j = 0u; j < 4u && d + j < heads.head_dim; j++) {
        out[group.y * heads.out_stride + group.x * heads.head_dim + d + j] = mean[j];
    }
}
