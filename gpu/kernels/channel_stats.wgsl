// Adds the rows of x [T, K] to running statistics of each channel: max |x|, Σ |x|, Σ x², and the newest row.
// Stored as four rows of K from `offset`. One invocation owns a channel, so nothing is atomic and sums are exact f32.
override THREADS: u32 = 64u;
struct Site { stride: u32, channels: u32, offset: u32, unused: u32 }
@group(0) @binding(1) var<storage, read> x: array<f32>;
@group(0) @binding(2) var<uniform> site: Site;
@group(0) @binding(3) var<storage, read_write> stats: array<f32>;

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    let k = id.x;
    if (k >= site.channels) {
        return;
    }
    let at = site.offset + k;
    var largest = stats[at];
    var sum = 0.0;
    var squares = 0.0;
    var value = 0.0;
    for (var t = 0u; t < step.tokens; t++) {
        value = x[t * site.stride + k];
        largest = max(largest, abs(value));
        sum += abs(value);
        squares += value * value;
    }
    stats[at] = largest;
    stats[at + site.channels] += sum;
    stats[at + 2u * site.channels] += squares;
    stats[at + 3u * site.channels] = value;
}
