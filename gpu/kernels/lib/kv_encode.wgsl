// What a cache of few bits keeps of eight dimensions. Four neighbouring lanes hold a block; all lanes of a team come
// here together.
struct Coded { words: array<u32, CODE_WORDS>, scale: f32 }

fn coded(v: Eight, lane: u32) -> Coded {
    let least = min(v.low, v.high);
    let largest = max(v.low, v.high);
    var m = vec2<f32>(max(max(-least.x, -least.y), max(-least.z, -least.w)),
                      max(max(largest.x, largest.y), max(largest.z, largest.w)));
    m = max(m, lane_xor4(m.xyxy, 1u, lane).xy);
    m = max(m, lane_xor4(m.xyxy, 2u, lane).xy);
    let scale = block_scale(-m.x, m.y);
    return Coded(encode(v, select(0.0, 1.0 / scale, abs(scale) > 0x1p-100)), scale);
}
