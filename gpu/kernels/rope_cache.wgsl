// From the q|k|v product to queries and the cache (lib/rotate.wgsl): one workgroup is one team on HEADS heads of a token.
override HEADS: u32 = 1u;  // that a workgroup takes, one after the other
@group(0) @binding(3) var<storage, read> qkv: array<vec4<f32>>;

fn qkv_quad(i: u32) -> vec4<f32> {
    return qkv[i];
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    let all = heads.q_heads + 2u * heads.kv_heads;
    rotate_heads(group.x * HEADS, min((group.x + 1u) * HEADS, all), group.y, lane);
}
