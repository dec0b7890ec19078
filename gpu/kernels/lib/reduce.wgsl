// Sum over the first THREADS (a power of two) of a workgroup, in a fixed order, known to all.
override THREADS: u32 = 64u;
var<workgroup> partials: array<vec4<f32>, THREADS>;

fn workgroup_sum(value: vec4<f32>, thread: u32) -> vec4<f32> {
    if (thread < THREADS) { partials[thread] = value; }
    workgroupBarrier();
    for (var stride = THREADS / 2u; stride > 0u; stride /= 2u) {
        if (thread < stride) {
            partials[thread] += partials[thread + stride];
        }
        workgroupBarrier();
    }
    let total = partials[0];
    workgroupBarrier();
    return total;
}
