// From the q|k|v product to queries and the cache (lib/rotate.wgsl): one workgroup is one team on one head of a token.
@group(0) @binding(3) var<storage, read> qkv: array<vec4<f32>>;

fn qkv_quad(i: u32) -> vec4<f32> {
    return qkv[i];
}

@compute @workgroup_size(8)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) lane: u32) {
    rotate_head(group.x, group.y, lane);
}
