// The same, normalised on the way (rms_norm.wgsl). `keep_row` and `keep_raw` are up to lib/keep_*.
override WIDTH: f32 = 1.0;    // of a row, without its padding
override EPSILON: f32 = 0.0;
@group(0) @binding(3) var<storage, read> x_values: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gain: array<vec4<f32>>;
var<private> inverse_rms: f32;

// Once before `loaded`, by all threads; THREADS of them add up, in the order of rms_norm.wgsl, so that codes are the same.
fn prepare(token: u32, group: u32, thread: u32) {
    let row = (step.first + token) * matrix.x_blocks * 8u;
    let quads = select(0u, matrix.x_blocks * 8u, thread < THREADS);
    var squares = vec4<f32>();
    for (var i = thread; i < quads; i += THREADS) {
        let v = x_values[row + i];
        squares += v * v;
        if (group == 0u) { keep_raw(token * matrix.x_blocks * 8u + i, v); }
    }
    let sums = workgroup_sum(squares, thread);
    let mean = (sums.x + sums.y + sums.z + sums.w) / WIDTH;
    inverse_rms = 1.0 / sqrt(mean + EPSILON);
    if (group == 0u && thread < THREADS) { keep_row(token, thread); }
}

fn loaded(token: u32, block: u32) -> array<vec4<f32>, 8> {
    let i = 8u * ((step.first + token) * matrix.x_blocks + block);
    let g = 8u * block;
    return array<vec4<f32>, 8>(
        x_values[i] * inverse_rms * gain[g], x_values[i + 1u] * inverse_rms * gain[g + 1u],
        x_values[i + 2u] * inverse_rms * gain[g + 2u], x_values[i + 3u] * inverse_rms * gain[g + 3u],
        x_values[i + 4u] * inverse_rms * gain[g + 4u], x_values[i + 5u] * inverse_rms * gain[g + 5u],
        x_values[i + 6u] * inverse_rms * gain[g + 6u], x_values[i + 7u] * inverse_rms * gain[g + 7u],
    );
}
