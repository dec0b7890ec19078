// Activations are read from storage as they lie there.
const SPAN: u32 = 0x10000u;  // blocks: more than any row has

fn prepare(token: u32, group: u32, thread: u32) {}

fn stage(token: u32, start: u32, thread: u32) {}
