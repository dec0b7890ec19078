// y[t, r] (+)= Σ_k w[r, k] · x[t, k] for many tokens: the prefill kernel over storage buffers.
// One workgroup: a tile of TILE rows × TILE tokens. Blocks of 32 along K pass through workgroup memory; each of
// the (TILE / 4)² threads keeps four rows × four tokens in registers.
override TILE: u32 = 32u;
override ACCUMULATE: bool = false;
@group(0) @binding(6) var<storage, read_write> y: array<f32>;
var<workgroup> w_quads: array<Quad, 8u * TILE>;
var<workgroup> x_quads: array<Quad, 8u * TILE>;
var<workgroup> w_factors: array<f32, TILE>;
var<workgroup> x_factors: array<f32, TILE>;

fn share_weights(i: u32, row: u32, block: u32) {
    let quads = weight_block(row, block).quads;
    w_factors[i] = weight_factor(row, block);
    w_quads[i] = quads[0];
    w_quads[TILE + i] = quads[1];
    w_quads[2u * TILE + i] = quads[2];
    w_quads[3u * TILE + i] = quads[3];
    w_quads[4u * TILE + i] = quads[4];
    w_quads[5u * TILE + i] = quads[5];
    w_quads[6u * TILE + i] = quads[6];
    w_quads[7u * TILE + i] = quads[7];
}

fn share_activations(i: u32, token: u32, block: u32) {
    let quads = x_block(token, block).quads;
    x_factors[i] = x_factor(token, block);
    x_quads[i] = quads[0];
    x_quads[TILE + i] = quads[1];
    x_quads[2u * TILE + i] = quads[2];
    x_quads[3u * TILE + i] = quads[3];
    x_quads[4u * TILE + i] = quads[4];
    x_quads[5u * TILE + i] = quads[5];
    x_quads[6u * TILE + i] = quads[6];
    x_quads[7u * TILE + i] = quads[7];
}

fn store(row: u32, token: u32, values: vec4<f32>) {
    if (row >= matrix.rows) {
        return;
    }
    for (var j = 0u; j < 4u && token + j < step.tokens; j++) {
        let i = (token + j) * matrix.y_stride + matrix.row_offset + row;
        if (ACCUMULATE) { y[i] += values[j]; } else { y[i] = values[j]; }
    }
}

@compute @workgroup_size(TILE / 4u * (TILE / 4u))
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let first_row = group.x * TILE;
    let first_token = group.y * TILE;
    let r = 4u * (thread % (TILE / 4u));
    let t = 4u * (thread / (TILE / 4u));
    var y0 = vec4<f32>();
    var y1 = vec4<f32>();
    var y2 = vec4<f32>();
    var y3 = vec4<f32>();
    for (var block = 0u; block < matrix.x_blocks; block++) {
        workgroupBarrier();
        for (var i = thread; i < 2u * TILE; i += TILE / 4u * (TILE / 4u)) {
            if (i < TILE) {
                share_weights(i, min(first_row + i, matrix.rows - 1u), block);
            } else {
                share_activations(i - TILE, min(first_token + i - TILE, step.tokens - 1u), block);
            }
        }
        workgroupBarrier();
        var s0 = Sums();
        var s1 = Sums();
        var s2 = Sums();
        var s3 = Sums();
        for (var q = 0u; q < 8u * TILE; q += TILE) {
            let a = x_quads[q + t];
            let b = x_quads[q + t + 1u];
            let c = x_quads[q + t + 2u];
            let d = x_quads[q + t + 3u];
            s0 += quad_dot(w_quads[q + r], a, b, c, d);
            s1 += quad_dot(w_quads[q + r + 1u], a, b, c, d);
            s2 += quad_dot(w_quads[q + r + 2u], a, b, c, d);
            s3 += quad_dot(w_quads[q + r + 3u], a, b, c, d);
        }
        let scale = vec4<f32>(x_factors[t], x_factors[t + 1u], x_factors[t + 2u], x_factors[t + 3u]);
        y0 += vec4<f32>(s0) * scale * w_factors[r];
        y1 += vec4<f32>(s1) * scale * w_factors[r + 1u];
        y2 += vec4<f32>(s2) * scale * w_factors[r + 2u];
        y3 += vec4<f32>(s3) * scale * w_factors[r + 3u];
    }
    store(first_row + r, first_token + t, y0);
    store(first_row + r + 1u, first_token + t, y1);
    store(first_row + r + 2u, first_token + t, y2);
    store(first_row + r + 3u, first_token + t, y3);
}
