// Before heads become codes they are mixed: multiplied by the Hadamard matrix of their padded dimensions, over its
// root, so that what stands out in one dimension spreads over all (QuaRot, arXiv 2404.00456). The matrix is its own
// inverse: products of mixed queries and keys are those of the heads, and mixing a sum of mixed values undoes it.
fn mixed_four(v: vec4<f32>) -> vec4<f32> {
    let p = vec4<f32>(v.xy + v.zw, v.xy - v.zw);
    return vec4<f32>(p.x + p.y, p.x - p.y, p.z + p.w, p.z - p.w);
}

fn mixed_across(v: vec4<f32>, mask: u32, thread: u32) -> vec4<f32> {
    let partner = lane_xor4(v, mask, thread);
    return select(v + partner, partner - v, (thread & mask) != 0u);
}

fn mixed_over_lanes(v: vec4<f32>, thread: u32) -> vec4<f32> {
    return mixed_across(mixed_across(mixed_across(mixed_four(v), 1u, thread), 2u, thread), 4u, thread);
}

fn mixed_sixty_four(v: Eight, thread: u32) -> Eight {
    let low = mixed_over_lanes(v.low, thread) * 0.125;
    let high = mixed_over_lanes(v.high, thread) * 0.125;
    return Eight(low + high, low - high);
}

fn mixed(s: Slice, is_wide: bool, thread: u32) -> Slice {
    let a = mixed_sixty_four(s.a, thread);
    let b = mixed_sixty_four(s.b, thread);  // though it be zeros: lanes only exchange where all of them come
    if (!is_wide) {
        return Slice(a, Eight());
    }
    let root = 0.70710678;
    return Slice(Eight((a.low + b.low) * root, (a.high + b.high) * root),
                 Eight((a.low - b.low) * root, (a.high - b.high) * root));
}
