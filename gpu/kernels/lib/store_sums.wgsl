// y[t, r] (+)= the sum of a row; K may come in several spans, which add up in y.
override ACCUMULATE: bool = false;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn store_row(token: u32, row: u32, value: f32, partner: f32, is_first: bool, is_last: bool) {
    if (token >= step.tokens || row >= matrix.rows) {
        return;
    }
    let i = token * matrix.y_stride + matrix.row_offset + row;
    var before = 0.0;
    if (ACCUMULATE || !is_first) { before = y[i]; }
    y[i] = before + value;
}

fn finish(first_row: u32, end_row: u32, token: u32, lane: u32) {}
