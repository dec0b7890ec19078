// Rows come as gate, up, gate, up, …: a pair is one channel of the MLP, and once all of K is in, what leaves is
// silu(gate) · up. Earlier spans of K wait in y.
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
@group(0) @binding(7) var<storage, read_write> gated: array<f32>;

fn store_pair(token: u32, pair: u32, even: f32, odd: f32, is_first: bool, is_last: bool) {
    if (token >= step.tokens || 2u * pair >= matrix.rows) {
        return;
    }
    let i = token * matrix.y_stride + 2u * pair;
    var gate = even;
    var up = odd;
    if (!is_first) {
        gate += y[i];
        up += y[i + 1u];
    }
    if (is_last) {
        gated[token * matrix.gated_stride + pair] = gate / (1.0 + exp(-gate)) * up;
    } else {
        y[i] = gate;
        y[i + 1u] = up;
    }
}
