// Exchange between the eight lanes of a team, where subgroups hold whole teams.
override TEAM_THREADS: u32 = 8u;  // of all teams of a workgroup, eight each

fn lane_xor(value: f32, mask: u32, thread: u32) -> f32 {
    return subgroupShuffleXor(value, mask);
}

fn lane_xor4(value: vec4<f32>, mask: u32, thread: u32) -> vec4<f32> {
    return subgroupShuffleXor(value, mask);
}
