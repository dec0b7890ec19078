// out[g] = xor of all words of stretch g of x: nothing but reading, to measure how fast that is.
// One workgroup: a stretch of `vectors` vec4s, its threads side by side. lib/stretch_* reads x.
override THREADS: u32 = 64u;
struct Reading { vectors: u32, unused_a: u32, unused_b: u32, unused_c: u32 }
@group(0) @binding(0) var<uniform> reading: Reading;
@group(0) @binding(2) var<storage, read_write> out: array<u32>;
var<workgroup> partials: array<u32, THREADS>;

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    var found = vec4<u32>();
    for (var i = thread; i < reading.vectors; i += THREADS) {
        found ^= stretch_word(group.x, i);
    }
    partials[thread] = found.x ^ found.y ^ found.z ^ found.w;
    workgroupBarrier();
    if (thread == 0u) {
        var total = partials[0];
        for (var i = 1u; i < THREADS; i++) {
            total ^= partials[i];
        }
        out[group.x] = total;
    }
}
