// From the sets of logits (logit_sets.wgsl) to the likeliest tokens, and the token drawn from them:
//   w_i = e^((l_i − l_0)/T), p = w / Σ w over the `kept` likeliest; those stay whose predecessors sum to less than
//   top_p and whose p ≥ min_p · p_0; the first whose running sum exceeds random · Σ p is drawn.
// The token's id goes to where the next pass reads it, and a record of it into its slot:
//   id, chance, Σ e^s, Σ e^s s (s = logit − largest), and the likeliest: 64 ids, 64 keys.
// One workgroup. Each round takes the best of the sets' best logits, then finds the next of that one's set.
const MOST: u32 = 64u;
const RECORD_WORDS: u32 = 4u + 2u * MOST;
@group(0) @binding(3) var<storage, read_write> ids: array<u32>;
@group(0) @binding(4) var<storage, read_write> records: array<u32>;
var<workgroup> top: array<Best, MOST>;
var<workgroup> bests: array<Best, THREADS>;
var<workgroup> partial_sums: array<vec2<f32>, THREADS>;

fn first_of_all(mine: Best, thread: u32) -> Best {
    workgroupBarrier();
    bests[thread] = mine;
    workgroupBarrier();
    for (var stride = THREADS / 2u; stride > 0u; stride /= 2u) {
        if (thread < stride && is_before(bests[thread + stride], bests[thread])) {
            bests[thread] = bests[thread + stride];
        }
        workgroupBarrier();
    }
    return bests[0];
}

// The best logit of the sets that an invocation looks after.
fn best_of_sets(thread: u32, count: u32) -> Best {
    var best = Best(0u, 0xffffffffu, thread);
    for (var which = thread; which < count; which += THREADS) {
        let entry = sets[which];
        let other = Best(entry.x, entry.y, which);
        if (is_before(other, best)) {
            best = other;
        }
    }
    return best;
}

// An invocation's share of the logit of a set that comes after the last one taken.
fn next_of_set(last: Best, thread: u32, vocabulary: u32) -> Best {
    var best = Best(0u, 0xffffffffu, last.at);
    for (var i = thread; i < QUADS; i += THREADS) {
        let quad = first_quad(last.at) + i * THREADS;
        if (4u * quad < vocabulary) {
            best = best_of_quad(best, quad, keys_at(quad, logits[quad], vocabulary), last);
        }
    }
    return best;
}

fn find_likeliest(thread: u32, count: u32, vocabulary: u32, likeliest: u32) {
    var mine = best_of_sets(thread, count);
    for (var i = 0u; i < likeliest; i++) {
        let last = first_of_all(mine, thread);
        let next = first_of_all(next_of_set(last, thread, vocabulary), thread);
        if (thread == 0u) {
            top[i] = last;
        }
        if (thread == last.at % THREADS) {
            sets[last.at].x = next.key;
            sets[last.at].y = next.id;
            mine = best_of_sets(thread, count);
        }
    }
}

// Σ e^s and Σ e^s s of all logits. It comes before the sets' largest are taken away.
fn sum_sets(thread: u32, count: u32) -> vec2<f32> {
    let largest = logit_of(first_of_all(best_of_sets(thread, count), thread).key);
    var sums = vec2<f32>();
    for (var which = thread; which < count; which += THREADS) {
        let entry = sets[which];
        if (entry.x != 0u) {
            let fall = max(max(logit_of(entry.x), LOWEST) - largest, FARTHEST);
            let of_set = bitcast<vec2<f32>>(entry.zw);
            sums += exp(fall) * vec2<f32>(of_set.x, of_set.y + fall * of_set.x);
        }
    }
    partial_sums[thread] = sums;
    workgroupBarrier();
    var total = vec2<f32>();
    for (var i = 0u; i < THREADS && thread == 0u; i++) {
        total += partial_sums[i];
    }
    return total;
}

fn weight(i: u32) -> f32 {
    let s = (logit_of(top[i].key) - logit_of(top[0].key)) * choice.inverse_temperature;
    return exp(max(s, FARTHEST));
}

// Which of the likeliest is drawn, and the chance it had.
fn draw() -> vec2<f32> {
    var total = 0.0;
    for (var i = 0u; i < choice.kept; i++) {
        total += weight(i);
    }
    let least = choice.min_p * weight(0u) / total;
    var passed = 0u;
    var sum = 0.0;
    for (var i = 0u; i < choice.kept; i++) {
        let p = weight(i) / total;
        if (i > 0u && (sum >= choice.top_p || p < least)) {
            break;
        }
        sum += p;
        passed++;
    }
    var place = 0u;
    var running = weight(0u) / total;
    while (running <= choice.random * sum && place + 1u < passed) {
        place++;
        running += weight(place) / total;
    }
    return vec2<f32>(f32(place), weight(place) / total / sum);
}

@compute @workgroup_size(THREADS)
fn main(@builtin(local_invocation_index) thread: u32) {
    let vocabulary = choice.vocabulary;
    let count = choice.sets;
    let likeliest = choice.likeliest;
    let sums = sum_sets(thread, count);
    find_likeliest(thread, count, vocabulary, likeliest);
    if (thread != 0u) {
        return;
    }
    let drawn = draw();
    let token = top[u32(drawn.x)].id;
    let at = choice.slot * RECORD_WORDS;
    ids[0] = token;
    records[at] = token;
    records[at + 1u] = bitcast<u32>(drawn.y);
    records[at + 2u] = bitcast<u32>(sums.x);
    records[at + 3u] = bitcast<u32>(sums.y);
    for (var i = 0u; i < likeliest; i++) {
        records[at + 4u + i] = top[i].id;
        records[at + 4u + MOST + i] = top[i].key;
    }
}
