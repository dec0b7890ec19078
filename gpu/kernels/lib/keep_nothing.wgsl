// No probe looks on.
fn keep(token: u32, block: u32, v: array<vec4<f32>, 8>) {}
