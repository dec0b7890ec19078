// Caches of 16 bits and more take heads as they are.
fn mixed(s: Slice, is_wide: bool, thread: u32) -> Slice {
    return s;
}
