// A block that is normalised goes to a probe as it was before, too.
@group(0) @binding(16) var<storage, read_write> raw_values: array<vec4<f32>>;

fn keep_raw(start: u32, to: u32) {
    for (var i = 0u; i < 8u; i++) {
        raw_values[to + i] = x_values[start + i];
    }
}
