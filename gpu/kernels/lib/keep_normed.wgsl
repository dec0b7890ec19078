// A row goes to a probe as it is multiplied, in a loop of its own: where blocks are loaded, which compilers write out
// several times, stores take long to compile.
@group(0) @binding(10) var<storage, read_write> out_values: array<vec4<f32>>;

fn keep_row(token: u32, thread: u32) {
    let start = (step.first + token) * matrix.x_blocks * 8u;
    let to = token * matrix.x_blocks * 8u;
    for (var i = thread; i < matrix.x_blocks * 8u; i += THREADS) {
        out_values[to + i] = x_values[start + i] * inverse_rms * gain[i];
    }
}
