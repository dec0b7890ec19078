// Of each set of logits (lib/choice.wgsl): the largest and its id, Σ e^s and Σ e^s s with s = logit − largest. What a
// set is summed from moves up as larger ones come, so that every logit is loaded once.
@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let vocabulary = choice.vocabulary;
    let quads = (vocabulary + 3u) / 4u;
    let which = group.x * THREADS + thread;
    let before_all = Best(0xffffffffu, 0u, which);
    var best = Best(0u, 0xffffffffu, which);
    var largest = LOWEST;
    var sums = vec2<f32>();
    for (var i = 0u; i < QUADS; i++) {
        let quad = first_quad(which) + i * THREADS;
        if (quad >= quads) {
            break;
        }
        let bits = logits[quad];
        let keys = keys_at(quad, bits, vocabulary);
        best = best_of_quad(best, quad, keys, before_all);
        let is_one = keys != vec4<u32>(0u);
        let x = select(vec4<f32>(LOWEST), bitcast<vec4<f32>>(bits), is_one);
        let higher = max(largest, max(max(x.x, x.y), max(x.z, x.w)));
        let rise = max(largest - higher, FARTHEST);
        let s = max(x - higher, vec4<f32>(FARTHEST));
        let weights = select(vec4<f32>(), exp(s), is_one);
        sums = exp(rise) * vec2<f32>(sums.x, sums.y + rise * sums.x);
        sums += vec2<f32>(dot(weights, vec4<f32>(1.0)), dot(weights, s));
        largest = higher;
    }
    sets[which] = vec4<u32>(best.key, best.id, bitcast<u32>(sums.x), bitcast<u32>(sums.y));
}
