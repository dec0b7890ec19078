// out[t, h, :] = Σ_p softmax_p(q[t, h] · k[p, g]) v[p, g], p ≤ position of t, g = h's key-value head.
// Online softmax: running maximum m and sum l, both corrected as positions stream by, in one pass over the cache.
//
// A workgroup serves up to QUERIES query vectors that share one key-value head: GROUP heads × QUERIES/GROUP tokens.
// A team of eight lanes takes eight positions at a time; lane l owns chunks l (and l + 8) of the dimensions, and
// scores are transposed over the lanes so that lane l ends with those of position l. Where a workgroup
// has several teams, they take turns along the context and merge at the end.
override QUERIES: u32 = 8u;
override GROUP: u32 = 1u;        // query heads of one key-value head served here
override WIDE: bool = false;     // heads of more than 64 dimensions: two chunks a lane
const MASKED: f32 = -1e30;
@group(0) @binding(3) var<storage, read> q: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read_write> out: array<f32>;

struct Slice { a: Eight, b: Eight }
struct Slices { s0: Slice, s1: Slice, s2: Slice, s3: Slice, s4: Slice, s5: Slice, s6: Slice, s7: Slice }
struct Scores { low: vec4<f32>, high: vec4<f32> }  // of queries 0…3 and 4…7
struct Place { kv_head: u32, first_head: u32, first_token: u32, lane: u32, thread: u32 }

fn token_of(place: Place, query: u32) -> u32 {
    return place.first_token + query / GROUP;
}

fn head_of(place: Place, query: u32) -> u32 {
    return place.first_head + query % GROUP;
}

fn is_live(place: Place, query: u32) -> bool {
    let group_end = (place.kv_head + 1u) * (heads.q_heads / heads.kv_heads);
    return query < QUERIES && token_of(place, query) < step.tokens && head_of(place, query) < group_end;
}

fn load_query(place: Place, query: u32) -> Slice {
    var slice = Slice();
    if (is_live(place, query)) {
        let i = 2u * ((token_of(place, query) * heads.q_heads + head_of(place, query)) * heads.head_chunks + place.lane);
        slice.a = Eight(q[i], q[i + 1u]);
        if (WIDE) { slice.b = Eight(q[i + 16u], q[i + 17u]); }
    }
    return slice;
}

fn slice_dot(x: Slice, y: Slice) -> f32 {
    let near = dot(x.a.low, y.a.low) + dot(x.a.high, y.a.high);
    if (WIDE) { return near + dot(x.b.low, y.b.low) + dot(x.b.high, y.b.high); }
    return near;
}

fn partial_scores(queries: Slices, position: u32, place: Place) -> Scores {
    var key = Slice();
    key.a = load_key(position, place.kv_head, place.lane);
    if (WIDE) { key.b = load_key(position, place.kv_head, place.lane + 8u); }
    var s = Scores();
    s.low.x = slice_dot(queries.s0, key);
    if (QUERIES > 1u) { s.low.y = slice_dot(queries.s1, key); }
    if (QUERIES > 2u) { s.low.z = slice_dot(queries.s2, key); }
    if (QUERIES > 3u) { s.low.w = slice_dot(queries.s3, key); }
    if (QUERIES > 4u) { s.high.x = slice_dot(queries.s4, key); }
    if (QUERIES > 5u) { s.high.y = slice_dot(queries.s5, key); }
    if (QUERIES > 6u) { s.high.z = slice_dot(queries.s6, key); }
    if (QUERIES > 7u) { s.high.w = slice_dot(queries.s7, key); }
    return s;
}

fn fold(x: vec4<f32>, y: vec4<f32>, mask: u32, thread: u32) -> vec4<f32> {
    let upper = (thread & mask) != 0u;
    return select(x, y, upper) + lane_xor4(select(y, x, upper), mask, thread);
}

// Eight positions' partial scores, each spread over eight lanes; lane l gets the whole scores of position l.
fn scores_of_eight(queries: Slices, base: u32, place: Place) -> Scores {
    let t = place.thread;
    let p0 = partial_scores(queries, base, place);
    let p1 = partial_scores(queries, base + 1u, place);
    let p2 = partial_scores(queries, base + 2u, place);
    let p3 = partial_scores(queries, base + 3u, place);
    let p4 = partial_scores(queries, base + 4u, place);
    let p5 = partial_scores(queries, base + 5u, place);
    let p6 = partial_scores(queries, base + 6u, place);
    let p7 = partial_scores(queries, base + 7u, place);
    var s = Scores();
    s.low = fold(
        fold(fold(p0.low, p1.low, 1u, t), fold(p2.low, p3.low, 1u, t), 2u, t),
        fold(fold(p4.low, p5.low, 1u, t), fold(p6.low, p7.low, 1u, t), 2u, t), 4u, t);
    if (QUERIES > 4u) {
        s.high = fold(
            fold(fold(p0.high, p1.high, 1u, t), fold(p2.high, p3.high, 1u, t), 2u, t),
            fold(fold(p4.high, p5.high, 1u, t), fold(p6.high, p7.high, 1u, t), 2u, t), 4u, t);
    }
    return s;
}

fn positions4(place: Place, first: u32) -> vec4<u32> {
    return vec4<u32>(step.position) + vec4<u32>(
        token_of(place, first), token_of(place, first + 1u), token_of(place, first + 2u), token_of(place, first + 3u));
}

fn masked4(scores: vec4<f32>, position: u32, queries: vec4<u32>) -> vec4<f32> {
    let seen = (vec4<u32>(position) <= queries) & (queries - vec4<u32>(position) < vec4<u32>(heads.window));
    return select(vec4<f32>(MASKED), scores, seen);
}

fn team_max(value: vec4<f32>, thread: u32) -> vec4<f32> {
    let a = max(value, lane_xor4(value, 1u, thread));
    let b = max(a, lane_xor4(a, 2u, thread));
    return max(b, lane_xor4(b, 4u, thread));
}

fn team_sum(value: vec4<f32>, thread: u32) -> vec4<f32> {
    let a = value + lane_xor4(value, 1u, thread);
    let b = a + lane_xor4(a, 2u, thread);
    return b + lane_xor4(b, 4u, thread);
}

fn scaled(s: Slice, factor: f32) -> Slice {
    return Slice(Eight(s.a.low * factor, s.a.high * factor), Eight(s.b.low * factor, s.b.high * factor));
}

fn added(s: Slice, v: Slice, p: f32) -> Slice {
    return Slice(Eight(s.a.low + p * v.a.low, s.a.high + p * v.a.high),
                 Eight(s.b.low + p * v.b.low, s.b.high + p * v.b.high));
}

fn rescale(acc: ptr<function, Slices>, low: vec4<f32>, high: vec4<f32>) {
    (*acc).s0 = scaled((*acc).s0, low.x);
    if (QUERIES > 1u) { (*acc).s1 = scaled((*acc).s1, low.y); }
    if (QUERIES > 2u) { (*acc).s2 = scaled((*acc).s2, low.z); }
    if (QUERIES > 3u) { (*acc).s3 = scaled((*acc).s3, low.w); }
    if (QUERIES > 4u) { (*acc).s4 = scaled((*acc).s4, high.x); }
    if (QUERIES > 5u) { (*acc).s5 = scaled((*acc).s5, high.y); }
    if (QUERIES > 6u) { (*acc).s6 = scaled((*acc).s6, high.z); }
    if (QUERIES > 7u) { (*acc).s7 = scaled((*acc).s7, high.w); }
}

fn add_value(acc: ptr<function, Slices>, value: Slice, low: vec4<f32>, high: vec4<f32>) {
    (*acc).s0 = added((*acc).s0, value, low.x);
    if (QUERIES > 1u) { (*acc).s1 = added((*acc).s1, value, low.y); }
    if (QUERIES > 2u) { (*acc).s2 = added((*acc).s2, value, low.z); }
    if (QUERIES > 3u) { (*acc).s3 = added((*acc).s3, value, low.w); }
    if (QUERIES > 4u) { (*acc).s4 = added((*acc).s4, value, high.x); }
    if (QUERIES > 5u) { (*acc).s5 = added((*acc).s5, value, high.y); }
    if (QUERIES > 6u) { (*acc).s6 = added((*acc).s6, value, high.z); }
    if (QUERIES > 7u) { (*acc).s7 = added((*acc).s7, value, high.w); }
}

var<workgroup> team_maxima: array<vec4<f32>, TEAM_THREADS>;
var<workgroup> team_slices: array<Slice, TEAM_THREADS>;
var<workgroup> team_sums: array<f32, TEAM_THREADS>;

fn store_four(base: u32, d: u32, v: vec4<f32>) {
    for (var j = 0u; j < 4u && d + j < heads.head_dim; j++) {
        out[base + d + j] = v[j];
    }
}

fn store_slice(place: Place, query: u32, s: Slice) {
    if (!is_live(place, query)) {
        return;
    }
    let base = token_of(place, query) * heads.out_stride + head_of(place, query) * heads.head_dim;
    let d = place.lane * 8u;
    store_four(base, d, s.a.low);
    store_four(base, d + 4u, s.a.high);
    if (WIDE) {
        store_four(base, d + 64u, s.b.low);
        store_four(base, d + 68u, s.b.high);
    }
}

// Adds the teams' shares of one query, already scaled to a common maximum, and writes the quotient.
fn finish(place: Place, query: u32, share: Slice, sum: f32) {
    if (TEAM_THREADS == 8u) {
        store_slice(place, query, scaled(share, 1.0 / sum));
        return;
    }
    workgroupBarrier();
    team_slices[place.thread] = share;
    team_sums[place.thread] = sum;
    workgroupBarrier();
    var total = share;
    var total_sum = sum;
    if (place.thread < 8u) {
        for (var other = place.thread + 8u; other < TEAM_THREADS; other += 8u) {
            total = added(total, team_slices[other], 1.0);
            total_sum += team_sums[other];
        }
        store_slice(place, query, scaled(total, 1.0 / total_sum));
    }
}

fn maximum_of_teams(own: vec4<f32>, slot: u32, place: Place) -> vec4<f32> {
    if (TEAM_THREADS == 8u) {
        return own;
    }
    team_maxima[2u * (place.thread / 8u) + slot] = own;
    workgroupBarrier();
    var largest = own;
    for (var team = 0u; team < TEAM_THREADS / 8u; team++) {
        largest = max(largest, team_maxima[2u * team + slot]);
    }
    return largest;
}

@compute @workgroup_size(TEAM_THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let group_heads = heads.q_heads / heads.kv_heads;
    let pieces = (group_heads + GROUP - 1u) / GROUP;
    let kv_head = group.x / pieces;
    let first_token = group.y * (QUERIES / GROUP);
    let place = Place(kv_head, kv_head * group_heads + group.x % pieces * GROUP, first_token, thread % 8u, thread);
    let queries = Slices(load_query(place, 0u), load_query(place, 1u), load_query(place, 2u), load_query(place, 3u),
                         load_query(place, 4u), load_query(place, 5u), load_query(place, 6u), load_query(place, 7u));
    let at_low = positions4(place, 0u);
    let at_high = positions4(place, 4u);
    let earliest = step.position + first_token + 1u;
    let start = select(0u, earliest - heads.window, earliest > heads.window) / 8u * 8u;
    let end = step.position + min(first_token + QUERIES / GROUP, step.tokens);

    var acc = Slices();
    var max_low = vec4<f32>(MASKED);
    var max_high = vec4<f32>(MASKED);
    var sum_low = vec4<f32>();
    var sum_high = vec4<f32>();
    for (var round = start; round < end; round += TEAM_THREADS) {
        let base = round + thread / 8u * 8u;
        let scores = scores_of_eight(queries, base, place);
        let low = masked4(scores.low, base + place.lane, at_low);
        let high = masked4(scores.high, base + place.lane, at_high);
        let new_low = max(max_low, team_max(low, thread));
        var new_high = max_high;
        if (QUERIES > 4u) { new_high = max(max_high, team_max(high, thread)); }
        let shrink_low = exp(max_low - new_low);
        let shrink_high = exp(max_high - new_high);
        let p_low = select(exp(low - new_low), vec4<f32>(), low <= vec4<f32>(MASKED));
        let p_high = select(exp(high - new_high), vec4<f32>(), high <= vec4<f32>(MASKED));
        sum_low = sum_low * shrink_low + p_low;
        sum_high = sum_high * shrink_high + p_high;
        max_low = new_low;
        max_high = new_high;
        rescale(&acc, shrink_low, shrink_high);
        // Lane l takes positions in the order l ^ 0, l ^ 1, … 7, so that the exchange needs no other primitive.
        for (var j = 0u; j < 8u; j++) {
            let position = base + (place.lane ^ j);
            var value = Slice();
            value.a = load_value(position, kv_head, place.lane);
            if (WIDE) { value.b = load_value(position, kv_head, place.lane + 8u); }
            var w_high = vec4<f32>();
            let w_low = lane_xor4(p_low, j, thread);
            if (QUERIES > 4u) { w_high = lane_xor4(p_high, j, thread); }
            add_value(&acc, value, w_low, w_high);
        }
    }
    let top_low = maximum_of_teams(max_low, 0u, place);
    let top_high = maximum_of_teams(max_high, 1u, place);
    let common_low = exp(max_low - top_low);
    let common_high = exp(max_high - top_high);
    rescale(&acc, common_low, common_high);
    sum_low = team_sum(sum_low, thread) * common_low;
    sum_high = team_sum(sum_high, thread) * common_high;
    finish(place, 0u, acc.s0, sum_low.x);
    if (QUERIES > 1u) { finish(place, 1u, acc.s1, sum_low.y); }
    if (QUERIES > 2u) { finish(place, 2u, acc.s2, sum_low.z); }
    if (QUERIES > 3u) { finish(place, 3u, acc.s3, sum_low.w); }
    if (QUERIES > 4u) { finish(place, 4u, acc.s4, sum_high.x); }
    if (QUERIES > 5u) { finish(place, 5u, acc.s5, sum_high.y); }
    if (QUERIES > 6u) { finish(place, 6u, acc.s6, sum_high.z); }
    if (QUERIES > 7u) { finish(place, 7u, acc.s7, sum_high.w); }
}
