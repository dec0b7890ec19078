// No probe looks on.
fn keep_row(token: u32, thread: u32) {}
