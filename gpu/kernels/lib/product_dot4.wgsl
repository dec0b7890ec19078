fn product(a: u32, b: u32) -> i32 {
    return dot4(a, b);
}
