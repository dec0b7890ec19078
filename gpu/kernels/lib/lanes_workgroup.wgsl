// Exchange between the eight lanes of a team through workgroup memory, for adapters without usable subgroups.
override TEAM_THREADS: u32 = 8u;  // of all teams of a workgroup, eight each
var<workgroup> exchange: array<vec4<f32>, TEAM_THREADS>;

fn lane_xor4(value: vec4<f32>, mask: u32, thread: u32) -> vec4<f32> {
    workgroupBarrier();
    exchange[thread] = value;
    workgroupBarrier();
    return exchange[thread ^ mask];
}

fn lane_xor(value: f32, mask: u32, thread: u32) -> f32 {
    return lane_xor4(vec4<f32>(value), mask, thread).x;
}
