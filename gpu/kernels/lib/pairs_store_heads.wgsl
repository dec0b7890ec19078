// Rows are whole heads of q|k|v. Their sums wait in y; a workgroup that has all of its rows makes queries, keys and
// values of them (lib/rotate.wgsl).
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn store_row(token: u32, row: u32, value: f32, partner: f32, is_first: bool, is_last: bool) {
    if (token >= step.tokens || row >= matrix.rows) {
        return;
    }
    let i = token * matrix.y_stride + row;
    var before = 0.0;
    if (!is_first) { before = y[i]; }
    y[i] = before + value;
}

fn qkv_quad(i: u32) -> vec4<f32> {
    return vec4<f32>(y[4u * i], y[4u * i + 1u], y[4u * i + 2u], y[4u * i + 3u]);
}

fn finish(first_row: u32, end_row: u32, token: u32, lane: u32) {
    storageBarrier();  // a head's rows were stored by all lanes
    rotate_heads(first_row / heads.head_dim, end_row / heads.head_dim, token, lane);
}
