// Adds the rows of up to five activations x [T, K] to running statistics of their channels, from each one's first:
//   max |x|, Σ |x|, Σ x², Σ x⁴, how many |x| reach each of two thresholds, where max |x| stood, and the newest row.
// Magnitudes are compared as bit patterns, in which infinity and NaN are larger than any number: neither is lost.
// Those are eight rows for 64 channels, then for the next 64. Rows of x are read from step.first on, round a ring.
// An invocation owns four channels of one site and every SLICES-th token, so nothing is atomic; a pass is summed
// from zero and then added, which keeps f32 accurate. Channels are counted in quads.
// What seldom changes is stored only when it does: each access takes long where lanes make it one after the other.
const TOGETHER: u32 = 16u;
override THREADS: u32 = 8u;
override SLICES: u32 = 1u;
override LANES: u32 = 8u;  // THREADS · SLICES
override ROUNDS: u32 = 1u; // through a workgroup's THREADS quads of channels: few workgroups where each takes long
struct Site { stride: u32, first: u32, first_group: u32, last_row: u32 }
struct Taps { sites: array<Site, 5> }
@group(0) @binding(1) var<storage, read> x0: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> x1: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> x2: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> x3: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> x4: array<vec4<f32>>;
@group(0) @binding(6) var<uniform> taps: Taps;
@group(0) @binding(7) var<storage, read_write> stats: array<vec4<u32>>;  // the first quad holds the thresholds

struct Sums {
    largest: vec4<u32>,
    place: vec4<u32>,
    sum: vec4<f32>,
    squares: vec4<f32>,
    fourths: vec4<f32>,
    newest: vec4<f32>,
    low: vec4<u32>,
    high: vec4<u32>,
}
var<workgroup> shared_sums: array<Sums, LANES>;

fn load(site: u32, i: u32) -> vec4<f32> {
    switch (site) {
        case 0u: { return x0[i]; }
        case 1u: { return x1[i]; }
        case 2u: { return x2[i]; }
        case 3u: { return x3[i]; }
        default: { return x4[i]; }
    }
}

fn sum_slice(which: u32, k: u32, slice: u32, thresholds: vec2<u32>) -> Sums {
    let stride = taps.sites[which].stride;
    let last_row = taps.sites[which].last_row;
    let last = min(step.tokens - 1u, last_row);  // of the site: else lavapipe compiles anew for each number of tokens
    let first = step.first;
    let position = step.position;
    let low = vec4<u32>(thresholds.x);
    let high = vec4<u32>(thresholds.y);
    var sums = Sums();
    for (var t = slice; t <= last; t += SLICES) {
        let value = load(which, ((first + t) & last_row) * stride + k);
        let bits = bitcast<vec4<u32>>(value) & vec4<u32>(0x7fffffffu);
        sums.place = select(sums.place, vec4<u32>(position + t), bits > sums.largest);
        sums.largest = max(sums.largest, bits);
        sums.newest = value;
        let square = value * value;
        sums.sum += abs(value);
        sums.squares += square;
        sums.fourths += square * square;
        sums.low += select(vec4<u32>(0u), vec4<u32>(1u), bits >= low);
        sums.high += select(vec4<u32>(0u), vec4<u32>(1u), bits >= high);
    }
    return sums;
}

// Of two equal maxima the earlier one counts.
fn merged(a: Sums, b: Sums, is_newest: bool) -> Sums {
    let later = (b.largest > a.largest) | ((b.largest == a.largest) & (b.place < a.place));
    return Sums(max(a.largest, b.largest), select(a.place, b.place, later), a.sum + b.sum, a.squares + b.squares,
                a.fourths + b.fourths, select(a.newest, b.newest, is_newest), a.low + b.low, a.high + b.high);
}

fn add_floats(at: u32, value: vec4<f32>) {
    stats[at] = bitcast<vec4<u32>>(bitcast<vec4<f32>>(stats[at]) + value);
}

fn store(which: u32, k: u32, sums: Sums) {
    let channel = taps.sites[which].first + k;
    let at = 1u + channel / TOGETHER * (8u * TOGETHER) + channel % TOGETHER;
    let held = stats[at];
    let grows = sums.largest > held;
    if (any(grows)) {
        stats[at] = max(held, sums.largest);
        stats[at + 7u * TOGETHER] = select(stats[at + 7u * TOGETHER], sums.place, grows);
    }
    add_floats(at + TOGETHER, sums.sum);
    add_floats(at + 2u * TOGETHER, sums.squares);
    stats[at + 3u * TOGETHER] = bitcast<vec4<u32>>(sums.newest);
    add_floats(at + 4u * TOGETHER, sums.fourths);
    if (any(sums.low != vec4<u32>(0u))) { stats[at + 5u * TOGETHER] += sums.low; }
    if (any(sums.high != vec4<u32>(0u))) { stats[at + 6u * TOGETHER] += sums.high; }
}

fn site_of(group: u32) -> u32 {
    let firsts = vec4<u32>(taps.sites[1].first_group, taps.sites[2].first_group,
                           taps.sites[3].first_group, taps.sites[4].first_group);
    let passed = select(vec4<u32>(0u), vec4<u32>(1u), firsts <= vec4<u32>(group));
    return passed.x + passed.y + passed.z + passed.w;
}

@compute @workgroup_size(THREADS, SLICES)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_id) thread: vec3<u32>) {
    let site = site_of(group.x);
    let stride = taps.sites[site].stride;
    let first = (group.x - taps.sites[site].first_group) * THREADS * ROUNDS;
    let thresholds = stats[0].xy;
    let newest = (step.tokens - 1u) % SLICES; // the slice of the newest row
    for (var round = first; round < min(first + THREADS * ROUNDS, stride); round += THREADS) {
        let k = round + thread.x;
        let is_channel = k < stride;
        var sums = Sums();
        if (is_channel) {
            sums = sum_slice(site, k, thread.y, thresholds);
        }
        if (SLICES > 1u) {
            workgroupBarrier();
            shared_sums[thread.y * THREADS + thread.x] = sums;
            workgroupBarrier();
            for (var slice = 1u; slice < SLICES && thread.y == 0u; slice++) {
                sums = merged(sums, shared_sums[slice * THREADS + thread.x], slice == newest);
            }
        }
        if (is_channel && thread.y == 0u) {
            store(site, k, sums);
        }
    }
}
