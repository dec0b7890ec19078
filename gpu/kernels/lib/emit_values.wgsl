// The next matrix reads f32.
fn emit(row: u32, blocks: u32, block: u32, v: array<vec4<f32>, 8>) {
    write_values(row, blocks, block, v);
}
