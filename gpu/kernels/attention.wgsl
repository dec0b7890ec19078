// out[t, h, :] = Σ_p softmax_p(q[t, h] · k[p, g]) v[p, g], p ≤ position of t, g = h's key-value head.
// Online softmax: the running maximum and sum are corrected as positions stream by, in one pass over the cache.
//
// A workgroup serves up to QUERIES query vectors that share one key-value head: GROUP heads × QUERIES/GROUP tokens.
// A team of eight lanes takes eight positions at a time; lane l owns chunks l (and l + 8) of the dimensions, and
// scores are transposed over the lanes so that lane l ends with that of position l. Where a workgroup has several
// teams, they take turns along the context and merge at the end. Several workgroups may serve the same vectors, each
// a part of the context (flash-decoding). Where queries come from is up to lib/queries_*, what becomes of sums to
// lib/attended_*.
override QUERIES: u32 = 8u;
override GROUP: u32 = 1u;        // query heads of one key-value head served here
override PARTS: u32 = 1u;        // of the context
override WIDE: bool = false;     // heads of more than 64 dimensions: two chunks a lane
const MASKED: f32 = -1e30;
const LEAST_PART: u32 = 64u;    // positions: fewer are not worth a workgroup

struct Slices { s0: Slice, s1: Slice, s2: Slice, s3: Slice, s4: Slice, s5: Slice, s6: Slice, s7: Slice }
struct State { sum: Slice, weight: f32, maximum: f32 }  // Σ e^(s − maximum) v, Σ e^(s − maximum), of one query
struct Place { kv_head: u32, first_head: u32, first_token: u32, part: u32, lane: u32, thread: u32,
               a: Chunk, b: Chunk, window: u32 }

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

fn slice_dot(x: Slice, y: Slice) -> f32 {
    var products = fma(x.a.high, y.a.high, x.a.low * y.a.low);
    if (WIDE) { products = fma(x.b.high, y.b.high, fma(x.b.low, y.b.low, products)); }
    return products.x + products.y + products.z + products.w;
}

fn scaled(s: Slice, factor: f32) -> Slice {
    return Slice(Eight(s.a.low * factor, s.a.high * factor), Eight(s.b.low * factor, s.b.high * factor));
}

fn added(s: Slice, v: Slice, weight: f32) -> Slice {
    let w = vec4<f32>(weight);
    return Slice(Eight(fma(w, v.a.low, s.a.low), fma(w, v.a.high, s.a.high)),
                 Eight(fma(w, v.b.low, s.b.low), fma(w, v.b.high, s.b.high)));
}

// One step of a transpose-and-add over lanes whose numbers differ in bit `mask`: halves the values a lane holds.
fn fold(x: f32, y: f32, mask: u32, thread: u32) -> f32 {
    let upper = (thread & mask) != 0u;
    return select(x, y, upper) + lane_xor(select(y, x, upper), mask, thread);
}

// The query's scores of eight positions, each dot product spread over the lanes; lane l gets that of position l.
fn scores(query: Slice, keys: Slices, thread: u32) -> f32 {
    let s01 = fold(slice_dot(query, keys.s0), slice_dot(query, keys.s1), 1u, thread);
    let s23 = fold(slice_dot(query, keys.s2), slice_dot(query, keys.s3), 1u, thread);
    let s45 = fold(slice_dot(query, keys.s4), slice_dot(query, keys.s5), 1u, thread);
    let s67 = fold(slice_dot(query, keys.s6), slice_dot(query, keys.s7), 1u, thread);
    return fold(fold(s01, s23, 2u, thread), fold(s45, s67, 2u, thread), 4u, thread);
}

fn team_max(value: f32, thread: u32) -> f32 {
    let a = max(value, lane_xor(value, 1u, thread));
    let b = max(a, lane_xor(a, 2u, thread));
    return max(b, lane_xor(b, 4u, thread));
}

fn team_sum(value: f32, thread: u32) -> f32 {
    let a = value + lane_xor(value, 1u, thread);
    let b = a + lane_xor(a, 2u, thread);
    return b + lane_xor(b, 4u, thread);
}

// Takes eight more positions into a query's state. `position` is this lane's; `values` hold those of lanes l ^ 0,
// l ^ 1, … l ^ 7, so that the exchange of weights needs no other primitive than the xor of lanes.
fn attend(state: State, query: Slice, keys: Slices, values: Slices, position: u32, at: u32, place: Place) -> State {
    let thread = place.thread;
    let seen = position <= at && at - position < place.window;
    let score = select(MASKED, scores(query, keys, thread), seen);
    let maximum = max(state.maximum, team_max(score, thread));
    let w = select(0.0, exp(score - maximum), seen);
    let shrink = exp(state.maximum - maximum);
    var sum = added(scaled(state.sum, shrink), values.s0, w);
    sum = added(sum, values.s1, lane_xor(w, 1u, thread));
    sum = added(sum, values.s2, lane_xor(w, 2u, thread));
    sum = added(sum, values.s3, lane_xor(w, 3u, thread));
    sum = added(sum, values.s4, lane_xor(w, 4u, thread));
    sum = added(sum, values.s5, lane_xor(w, 5u, thread));
    sum = added(sum, values.s6, lane_xor(w, 6u, thread));
    sum = added(sum, values.s7, lane_xor(w, 7u, thread));
    return State(sum, state.weight * shrink + w, maximum);
}

var<workgroup> team_maxima: array<f32, TEAM_THREADS>;
var<workgroup> team_slices: array<Slice, TEAM_THREADS>;
var<workgroup> team_weights: array<f32, TEAM_THREADS>;

fn maximum_of_teams(own: f32, place: Place) -> f32 {
    workgroupBarrier();
    team_maxima[place.thread] = own;
    workgroupBarrier();
    var largest = own;
    for (var team = 0u; team < TEAM_THREADS; team += 8u) {
        largest = max(largest, team_maxima[team]);
    }
    return largest;
}

// Adds the teams' shares of one query under a common maximum.
fn finish(place: Place, query: u32, state: State) {
    let weight = team_sum(state.weight, place.thread);
    if (TEAM_THREADS == 8u) {
        store_sums(place, query, State(mixed(state.sum, WIDE, place.thread), weight, state.maximum));
        return;
    }
    let maximum = maximum_of_teams(state.maximum, place);
    let share = exp(state.maximum - maximum);
    team_slices[place.thread] = mixed(scaled(state.sum, share), WIDE, place.thread);
    team_weights[place.thread] = weight * share;
    workgroupBarrier();
    if (place.thread < 8u) {
        var total = team_slices[place.thread];
        var total_weight = team_weights[place.thread];
        for (var other = place.thread + 8u; other < TEAM_THREADS; other += 8u) {
            total = added(total, team_slices[other], 1.0);
            total_weight += team_weights[other];
        }
        store_sums(place, query, State(total, total_weight, maximum));
    }
}

// The positions [start, end) that part `part` of `first`… `past` has.
fn range_of(part: u32, first: u32, past: u32) -> vec2<u32> {
    if (PARTS == 1u) {
        return vec2<u32>(first, past);
    }
    let share = max(LEAST_PART, (past - first + PARTS - 1u) / PARTS);
    let positions = (share + TEAM_THREADS - 1u) / TEAM_THREADS * TEAM_THREADS;
    return min(first + vec2<u32>(part, part + 1u) * positions, vec2<u32>(past));
}

@compute @workgroup_size(TEAM_THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let group_heads = heads.q_heads / heads.kv_heads;
    let pieces = (group_heads + GROUP - 1u) / GROUP;
    let served = group.x / PARTS;
    let kv_head = served / pieces;
    let first_token = group.y * (QUERIES / GROUP);
    let lane = thread % 8u;
    let part = group.x % PARTS;
    let place = Place(kv_head, kv_head * group_heads + served % pieces * GROUP, first_token, part, lane, thread,
                      cache_chunk(kv_head, lane), cache_chunk(kv_head, lane + 8u), heads.window);
    let earliest = step.position + first_token + 1u;
    let first = select(0u, earliest - heads.window, earliest > heads.window) / 8u * 8u;
    let past = step.position + min(first_token + QUERIES / GROUP, step.tokens);
    let range = range_of(part, first, past);  // not of place: compilers take all of it for the lane's own
    prepare(place, range);
    let queries = Slices(load_query(place, 0u), load_query(place, 1u), load_query(place, 2u), load_query(place, 3u),
                         load_query(place, 4u), load_query(place, 5u), load_query(place, 6u), load_query(place, 7u));

    let at = step.position;
    var state0 = State(Slice(), 0.0, MASKED);
    var state1 = state0;
    var state2 = state0;
    var state3 = state0;
    var state4 = state0;
    var state5 = state0;
    var state6 = state0;
    var state7 = state0;
    for (var round = range.x; round < range.y; round += TEAM_THREADS) {
        let base = round + thread / 8u * 8u;
        let keys = Slices(key_at(base, place), key_at(base + 1u, place), key_at(base + 2u, place), key_at(base + 3u, place),
                          key_at(base + 4u, place), key_at(base + 5u, place), key_at(base + 6u, place), key_at(base + 7u, place));
        let p = base + lane;
        let values = Slices(value_at(p, place), value_at(base + (lane ^ 1u), place),
                            value_at(base + (lane ^ 2u), place), value_at(base + (lane ^ 3u), place),
                            value_at(base + (lane ^ 4u), place), value_at(base + (lane ^ 5u), place),
                            value_at(base + (lane ^ 6u), place), value_at(base + (lane ^ 7u), place));
        state0 = attend(state0, queries.s0, keys, values, p, at + token_of(place, 0u), place);
        if (QUERIES > 1u) { state1 = attend(state1, queries.s1, keys, values, p, at + token_of(place, 1u), place); }
        if (QUERIES > 2u) { state2 = attend(state2, queries.s2, keys, values, p, at + token_of(place, 2u), place); }
        if (QUERIES > 3u) { state3 = attend(state3, queries.s3, keys, values, p, at + token_of(place, 3u), place); }
        if (QUERIES > 4u) { state4 = attend(state4, queries.s4, keys, values, p, at + token_of(place, 4u), place); }
        if (QUERIES > 5u) { state5 = attend(state5, queries.s5, keys, values, p, at + token_of(place, 5u), place); }
        if (QUERIES > 6u) { state6 = attend(state6, queries.s6, keys, values, p, at + token_of(place, 6u), place); }
        if (QUERIES > 7u) { state7 = attend(state7, queries.s7, keys, values, p, at + token_of(place, 7u), place); }
    }
    finish(place, 0u, state0);
    if (QUERIES > 1u) { finish(place, 1u, state1); }
    if (QUERIES > 2u) { finish(place, 2u, state2); }
    if (QUERIES > 3u) { finish(place, 3u, state3); }
    if (QUERIES > 4u) { finish(place, 4u, state4); }
    if (QUERIES > 5u) { finish(place, 5u, state5); }
    if (QUERIES > 6u) { finish(place, 6u, state6); }
    if (QUERIES > 7u) { finish(place, 7u, state7); }
}
