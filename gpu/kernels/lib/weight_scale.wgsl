// One f16 scale for each group of each row.
fn weight_scale(row: u32, block: u32) -> f32 {
    let i = row * matrix.row_scales + block / matrix.group_blocks;
    return unpack2x16float(weight_scales[i / 2u])[i & 1u];
}
