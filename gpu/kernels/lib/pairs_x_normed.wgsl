// Activations normalised (rms_norm.wgsl) and quantized as they are loaded: each workgroup does it again, which is
// cheaper than a dispatch as long as there is one workgroup a processor. `keep` is up to lib/pairs_keep*.
override WIDTH: f32 = 1.0;    // of a row, without its padding
override EPSILON: f32 = 0.0;
@group(0) @binding(3) var<storage, read> x_values: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> gain: array<vec4<f32>>;
var<private> inverse_rms: f32;
var<private> own_group: u32;

// Once before load_block, by all lanes.
fn prepare(token: u32, group: u32, lane: u32) {
    own_group = group;
    let row = (step.first + token) * matrix.x_blocks * 8u;
    var squares = vec4<f32>();
    for (var i = lane; i < matrix.x_blocks * 8u; i += 8u) {
        let v = x_values[row + i];
        squares += v * v;
    }
    squares += lane_xor4(squares, 4u, lane);  // in the order of rms_norm.wgsl, so that codes are the same
    squares += lane_xor4(squares, 2u, lane);
    squares += lane_xor4(squares, 1u, lane);
    let mean = (squares.x + squares.y + squares.z + squares.w) / WIDTH;
    inverse_rms = 1.0 / sqrt(mean + EPSILON);
}

fn load_block(token: u32, block: u32) -> Block {
    var out = Block();
    if (token < step.tokens && block < matrix.x_blocks) {
        let i = 8u * ((step.first + token) * matrix.x_blocks + block);
        let g = 8u * block;
        let v = array<vec4<f32>, 8>(
            x_values[i] * inverse_rms * gain[g], x_values[i + 1u] * inverse_rms * gain[g + 1u],
            x_values[i + 2u] * inverse_rms * gain[g + 2u], x_values[i + 3u] * inverse_rms * gain[g + 3u],
            x_values[i + 4u] * inverse_rms * gain[g + 4u], x_values[i + 5u] * inverse_rms * gain[g + 5u],
            x_values[i + 6u] * inverse_rms * gain[g + 6u], x_values[i + 7u] * inverse_rms * gain[g + 7u],
        );
        keep(own_group, token, block, v);
        out = quantized_block(v);
    }
    return out;
}
