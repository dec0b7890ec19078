// Adds the rows of up to five activations x [T, K] to running statistics of their channels: max |x|, Σ |x|, Σ x²,
// and the newest row, stored as four rows, as long as those of x, from each one's offset.
// One invocation owns four channels of one site, so nothing is atomic. Strides and offsets count quads of channels.
override THREADS: u32 = 64u;
struct Site { stride: u32, offset: u32, unused_a: u32, unused_b: u32 }
struct Taps { sites: array<Site, 5> }
@group(0) @binding(1) var<storage, read> x0: array<vec4<f32>>;
@group(0) @binding(2) var<storage, read> x1: array<vec4<f32>>;
@group(0) @binding(3) var<storage, read> x2: array<vec4<f32>>;
@group(0) @binding(4) var<storage, read> x3: array<vec4<f32>>;
@group(0) @binding(5) var<storage, read> x4: array<vec4<f32>>;
@group(0) @binding(6) var<uniform> taps: Taps;
@group(0) @binding(7) var<storage, read_write> stats: array<vec4<f32>>;

fn load(site: u32, i: u32) -> vec4<f32> {
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
    if (k >= site.stride) {
        return;
    }
    let at = site.offset + k;
    var largest = stats[at];
    var sum = vec4<f32>();
    var squares = vec4<f32>();
    var value = vec4<f32>();
    for (var t = 0u; t < step.tokens; t++) {
        value = load(group.y, t * site.stride + k);
        largest = max(largest, abs(value));
        sum += abs(value);
        squares += value * value;
    }
    stats[at] = largest;
    stats[at + site.stride] += sum;
    stats[at + 2u * site.stride] += squares;
    stats[at + 3u * site.stride] = value;
}
