// Adds the rows of up to five activations x [T, K] to running statistics of their channels: max |x|, Σ |x|, Σ x²,
// and the newest row, stored as four rows of K from each one's offset.
// One invocation owns a channel of one site, so nothing is atomic.
override THREADS: u32 = 64u;
struct Site { stride: u32, channels: u32, offset: u32, unused: u32 }
struct Taps { sites: array<Site, 5> }
@group(0) @binding(1) var<storage, read> x0: array<f32>;
@group(0) @binding(2) var<storage, read> x1: array<f32>;
@group(0) @binding(3) var<storage, read> x2: array<f32>;
@group(0) @binding(4) var<storage, read> x3: array<f32>;
@group(0) @binding(5) var<storage, read> x4: array<f32>;
@group(0) @binding(6) var<uniform> taps: Taps;
@group(0) @binding(7) var<storage, read_write> stats: array<f32>;

fn load(site: u32, i: u32) -> f32 {
    switch (site) {
        case 0u: { return x0[i]; }
        case 1u: { return x1[i]; }
        case 2u: { return x2[i]; }
        case 3u: { return x3[i]; }
        default: { return x4[i]; }
    }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    let k = group.x * THREADS + thread;
    let site = taps.sites[group.y];
    if (k >= site.channels) {
        return;
    }
    let at = site.offset + k;
    var largest = stats[at];
    var sum = 0.0;
    var squares = 0.0;
    var value = 0.0;
    for (var t = 0u; t < step.tokens; t++) {
        value = load(group.y, t * site.stride + k);
        largest = max(largest, abs(value));
        sum += abs(value);
        squares += value * value;
    }
    stats[at] = largest;
    stats[at + site.channels] += sum;
    stats[at + 2u * site.channels] += squares;
    stats[at + 3u * site.channels] = value;
}
