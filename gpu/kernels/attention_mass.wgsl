// Where attention goes: for a query t of head h, p_j = softmax_j(q[t, h] · k[j, g]) over the positions j it sees,
//   top[h, position of t] = max_j p_j,   received[h, j] += p_j unless t is one of the first `first` positions.
// One workgroup serves one head, query by query; a lane owns every THREADS-th position, its scores included, so that
// nothing is atomic. Slower than the attention it looks at: for passes that ask for it.
override THREADS: u32 = 8u;
struct Mass {
    first: u32,
    stride: u32,  // positions in a row of the outputs
    start: u32,   // of the pass, the queries that this dispatch looks at
    end: u32,
}
@group(0) @binding(3) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> received: array<f32>;
@group(0) @binding(5) var<storage, read_write> top: array<f32>;
@group(0) @binding(6) var<storage, read_write> scores: array<f32>;
@group(0) @binding(8) var<uniform> mass: Mass;
const LEAST: f32 = -3.0e38;
var<workgroup> shares: array<f32, THREADS>;

fn product(base: u32, kv_head: u32, chunk: u32, position: u32, sum: vec4<f32>) -> vec4<f32> {
    let key = load_key(cache_chunk(kv_head, chunk), position);
    return fma(q[base + 2u * chunk + 1u], key.high, fma(q[base + 2u * chunk], key.low, sum));
}

fn score(head: u32, t: u32, position: u32) -> f32 {
    let kv_head = head / (heads.q_heads / heads.kv_heads);
    let base = 2u * (t * heads.q_heads + head) * heads.head_chunks;
    var sum = vec4<f32>();
    for (var chunk = 0u; chunk < heads.head_chunks; chunk += 8u) {
        sum = product(base, kv_head, chunk, position, sum);
        sum = product(base, kv_head, chunk + 1u, position, sum);
        sum = product(base, kv_head, chunk + 2u, position, sum);
        sum = product(base, kv_head, chunk + 3u, position, sum);
        sum = product(base, kv_head, chunk + 4u, position, sum);
        sum = product(base, kv_head, chunk + 5u, position, sum);
        sum = product(base, kv_head, chunk + 6u, position, sum);
        sum = product(base, kv_head, chunk + 7u, position, sum);
    }
    return sum.x + sum.y + sum.z + sum.w;
}

fn share(own: f32, thread: u32) {
    workgroupBarrier();
    shares[thread] = own;
    workgroupBarrier();
}

fn largest(own: f32, thread: u32) -> f32 {
    share(own, thread);
    var result = own;
    for (var i = 0u; i < THREADS; i++) {
        result = max(result, shares[i]);
    }
    return result;
}

fn total(own: f32, thread: u32) -> f32 {
    share(own, thread);
    var result = 0.0;
    for (var i = 0u; i < THREADS; i++) {
        result += shares[i];
    }
    return result;
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let row = group.x * mass.stride;
    for (var t = mass.start; t < min(mass.end, step.tokens); t++) {
        let at = step.position + t;
        let unseen = select(0u, at + 1u - heads.window, at + 1u > heads.window);
        let start = unseen / THREADS * THREADS + thread;
        var own_largest = LEAST;
        for (var p = start; p <= at; p += THREADS) {
            if (p >= unseen) {
                scores[row + p] = score(group.x, t, p);
                own_largest = max(own_largest, scores[row + p]);
            }
        }
        let maximum = largest(own_largest, thread);
        var own_sum = 0.0;
        for (var p = start; p <= at; p += THREADS) {
            if (p >= unseen) {
                own_sum += exp(scores[row + p] - maximum);
            }
        }
        let sum = total(own_sum, thread);
        for (var p = start; p <= at && at >= mass.first; p += THREADS) {
            if (p >= unseen) {
                received[row + p] += exp(scores[row + p] - maximum) / sum;
            }
        }
        if (thread == 0u) {
            top[row + at] = 1.0 / sum;
        }
    }
}
