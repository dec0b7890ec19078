// Integer products of registers and nothing else, to measure how fast they are (product: lib/product_*):
//   word <- word · 1664525 + 1013904223;  sums[k] += product(word, word_k), k = 0…7, `iterations` times.
// Four iterations to a turn, so that the loop costs little.
// out[i] = sum of sums, for invocation i; word and word_k start from i.
override THREADS: u32 = 64u;
struct Work { iterations: u32, unused_a: u32, unused_b: u32, unused_c: u32 }
@group(0) @binding(0) var<uniform> work: Work;
@group(0) @binding(1) var<storage, read_write> out: array<i32>;

fn products(a: u32, b: vec4<u32>) -> vec4<i32> {
    return vec4<i32>(product(a, b.x), product(a, b.y), product(a, b.z), product(a, b.w));
}

@compute @workgroup_size(THREADS)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    var word = id.x;
    let first = vec4<u32>(0x01020304u, 0x7f80fe01u, 0x55aa33ccu, 0x10f00ff1u) + vec4<u32>(id.x);
    let second = first ^ vec4<u32>(0x00ff00ffu);
    var low = vec4<i32>();
    var high = vec4<i32>();
    for (var i = 0u; i < work.iterations; i += 4u) {
        word = word * 1664525u + 1013904223u;
        low += products(word, first);
        high += products(word, second);
        word = word * 1664525u + 1013904223u;
        low += products(word, first);
        high += products(word, second);
        word = word * 1664525u + 1013904223u;
        low += products(word, first);
        high += products(word, second);
        word = word * 1664525u + 1013904223u;
        low += products(word, first);
        high += products(word, second);
    }
    let sums = low + high;
    out[id.x] = sums.x + sums.y + sums.z + sums.w;
}
