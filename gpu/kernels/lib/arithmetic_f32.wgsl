// Weights widened to f32 times f32 activations; the scale is inside the weight, so the factors are one.
@group(0) @binding(3) var<storage, read> x_values: array<vec4<f32>>;
alias Quad = vec4<f32>;
alias Sums = vec4<f32>;
struct Block { quads: array<vec4<f32>, 8> }

fn weight_block(row: u32, block: u32) -> Block {
    return Block(weight_values(row, block));
}

fn weight_factor(row: u32, block: u32) -> f32 {
    return 1.0;
}

fn x_block(token: u32, block: u32) -> Block {
    let i = 8u * (token * matrix.x_blocks + block);
    return Block(array<vec4<f32>, 8>(
        x_values[i], x_values[i + 1u], x_values[i + 2u], x_values[i + 3u],
        x_values[i + 4u], x_values[i + 5u], x_values[i + 6u], x_values[i + 7u],
    ));
}

fn x_factor(token: u32, block: u32) -> f32 {
    return 1.0;
}

fn quad_dot(w: Quad, x0: Quad, x1: Quad, x2: Quad, x3: Quad) -> Sums {
    return Sums(dot(w, x0), dot(w, x1), dot(w, x2), dot(w, x3));
}

fn block_dot(weights: Block, activations: Block) -> f32 {
    let w = weights.quads;
    let x = activations.quads;
    return dot(w[0], x[0]) + dot(w[1], x[1]) + dot(w[2], x[2]) + dot(w[3], x[3])
         + dot(w[4], x[4]) + dot(w[5], x[5]) + dot(w[6], x[6]) + dot(w[7], x[7]);
}
