// Rows come as gate, up, gate, up, …: a pair is one channel of the MLP, and once all of K is in, what leaves is
// silu(gate) · up. Earlier spans of K wait in y.
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<storage, read_write> gated: array<f32>;

fn store_row(token: u32, row: u32, value: f32, partner: f32, is_first: bool, is_last: bool) {
    if (token >= step.tokens || row >= matrix.rows) {
        return;
    }
    let i = token * matrix.y_stride + matrix.row_offset + row;
    var own = value;
    var up = partner;
    if (!is_first) {
        own += y[i];
        up += y[i ^ 1u];
    }
    if (!is_last) {
        y[i] = own;
    } else if ((row & 1u) == 0u) {
        gated[token * matrix.gated_stride + (matrix.row_offset + row) / 2u] = own / (1.0 + exp(-own)) * up;
    }
}

fn finish(first_row: u32, end_row: u32, token: u32, lane: u32) {}
