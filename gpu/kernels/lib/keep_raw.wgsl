// What is normalised goes to a probe as it was before, too.
@group(0) @binding(16) var<storage, read_write> raw_values: array<vec4<f32>>;

fn keep_raw(i: u32, v: vec4<f32>) {
    raw_values[i] = v;
}
