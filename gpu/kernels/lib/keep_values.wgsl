// What is loaded goes to a probe as well.
fn keep(token: u32, block: u32, v: array<vec4<f32>, 8>) {
    write_values(token, matrix.x_blocks, block, v);
}
