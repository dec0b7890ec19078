// For drivers without an integer dot product: the same four products one by one.
fn signed_bytes(word: u32) -> vec4<i32> {
    return bitcast<vec4<i32>>(vec4<u32>(word) << vec4<u32>(24u, 16u, 8u, 0u)) >> vec4<u32>(24u);
}

fn dot4(a: u32, b: u32) -> i32 {
    let products = signed_bytes(a) * signed_bytes(b);
    return products.x + products.y + products.z + products.w;
}
