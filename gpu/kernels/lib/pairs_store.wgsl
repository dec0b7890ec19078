// y[t, r] (+)= the sums of both rows of a pair; K may come in several spans, which add up in y.
override ACCUMULATE: bool = false;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;

fn store_pair(token: u32, pair: u32, even: f32, odd: f32, is_first: bool, is_last: bool) {
    let row = 2u * pair;
    if (token >= step.tokens || row >= matrix.rows) {
        return;
    }
    let i = token * matrix.y_stride + matrix.row_offset + row;
    let adds = ACCUMULATE || !is_first;
    if (adds) { y[i] += even; } else { y[i] = even; }
    if (row + 1u < matrix.rows) {
        if (adds) { y[i + 1u] += odd; } else { y[i + 1u] = odd; }
    }
}
