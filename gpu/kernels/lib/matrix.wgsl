// Where one slab of a weight matrix lies. K is padded with zeros to whole blocks of 32.
struct Matrix {
    rows: u32,          // rows of this slab
    row_offset: u32,    // first row of this slab in the whole matrix
    blocks: u32,        // blocks of 32 along K as stored
    x_blocks: u32,      // blocks of 32 in one row of activations
    y_stride: u32,      // distance between rows of the output
    row_scales: u32,    // scales in one row
    group_blocks: u32,  // blocks that share a scale
    pair_texels: u32,   // texels of one pair of rows (texture layout)
    pairs_log2: u32,    // pairs in one row of the texture, as a power of two
    pairs_per_workgroup: u32,
    chunks: u32,        // chunks of eight blocks that a lane of the pairs kernel holds
    gated_stride: u32,  // distance between rows of gated outputs
}
@group(0) @binding(5) var<uniform> matrix: Matrix;
