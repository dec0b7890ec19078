// Integer weights times q8_1 activations: exact integer sums inside a block, one product of scales outside it.
// The weight codes are centred already, so the correction by d·Σq of DESIGN's formula is zero here.
alias Quad = u32;
alias Sums = vec4<i32>;
struct Block { quads: array<u32, 8> }

fn weight_block(row: u32, block: u32) -> Block {
    return Block(weight_codes(row, block));
}

fn weight_factor(row: u32, block: u32) -> f32 {
    return weight_scale(row, block);
}

fn quad_dot(w: Quad, x0: Quad, x1: Quad, x2: Quad, x3: Quad) -> Sums {
    return Sums(dot4(w, x0), dot4(w, x1), dot4(w, x2), dot4(w, x3));
}

fn block_dot(weights: Block, activations: Block) -> f32 {
    let w = weights.quads;
    let x = activations.quads;
    return f32(dot4(w[0], x[0]) + dot4(w[1], x[1]) + dot4(w[2], x[2]) + dot4(w[3], x[3])
             + dot4(w[4], x[4]) + dot4(w[5], x[5]) + dot4(w[6], x[6]) + dot4(w[7], x[7]));
}
