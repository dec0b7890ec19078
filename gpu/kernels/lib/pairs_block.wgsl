// 32 activation codes in the order in which a pair word holds its weights (gpu/layouts.py): words (0, 1) of a texel
// hold elements 0, 4, 1, 5 and 2, 6, 3, 7 of eight, words (2, 3) those of the next eight. With them their scale,
// and −8 · Σ codes in both halves of a word, which centres the weights; the lower half is 2^15 more, so that it is
// never negative and borrows nothing from the upper one.
struct Block { a0: vec4<i32>, a1: vec4<i32>, a2: vec4<i32>, a3: vec4<i32>,
               b0: vec4<i32>, b1: vec4<i32>, b2: vec4<i32>, b3: vec4<i32>, scale: f32, bias: i32 }

fn centring(sums: vec4<i32>) -> i32 {
    return (sums.x + sums.y + sums.z + sums.w) * (-8 * 65537) + 32768;
}
