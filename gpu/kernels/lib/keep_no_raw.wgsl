// Nobody asks how it was before it is normalised.
fn keep_raw(i: u32, v: vec4<f32>) {}
