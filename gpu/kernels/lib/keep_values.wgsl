// What is loaded goes to a probe as well, once.
fn keep(group: u32, token: u32, block: u32, v: array<vec4<f32>, 8>) {
    if (group == 0u) {
        write_values(token, matrix.x_blocks, block, v);
    }
}
