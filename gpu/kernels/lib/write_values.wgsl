@group(0) @binding(10) var<storage, read_write> out_values: array<vec4<f32>>;

fn write_values(row: u32, blocks: u32, block: u32, v: array<vec4<f32>, 8>) {
    let i = 8u * (row * blocks + block);
    out_values[i] = v[0];
    out_values[i + 1u] = v[1];
    out_values[i + 2u] = v[2];
    out_values[i + 3u] = v[3];
    out_values[i + 4u] = v[4];
    out_values[i + 5u] = v[5];
    out_values[i + 6u] = v[6];
    out_values[i + 7u] = v[7];
}
