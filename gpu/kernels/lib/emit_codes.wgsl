// The next matrix reads q8_1.
fn emit(row: u32, blocks: u32, block: u32, v: array<vec4<f32>, 8>) {
    write_codes(row, blocks, block, v, block_absmax(v));
}
