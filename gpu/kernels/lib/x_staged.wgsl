// Activations quantized on loading (lib/x_*), once for all rows of a workgroup: SPAN blocks of a token at a time wait in
// workgroup memory, of which every adapter has 16 KiB.
const SPAN: u32 = 256u;
var<workgroup> first_words: array<vec4<u32>, SPAN>;
var<workgroup> last_words: array<vec4<u32>, SPAN>;
var<workgroup> factors: array<f32, SPAN>;

fn stage(token: u32, start: u32, thread: u32) {
    workgroupBarrier();  // all are done with the span before
    for (var i = thread; i < min(SPAN, matrix.x_blocks - start); i += LANES * TEAMS) {
        let v = loaded(token, start + i);
        let absmax = counted(block_absmax(v));
        let c = block_codes(v, absmax);
        first_words[i] = vec4<u32>(pack4xI8(c[0]), pack4xI8(c[1]), pack4xI8(c[2]), pack4xI8(c[3]));
        last_words[i] = vec4<u32>(pack4xI8(c[4]), pack4xI8(c[5]), pack4xI8(c[6]), pack4xI8(c[7]));
        factors[i] = absmax / QMAX;
    }
    workgroupBarrier();
}

fn x_block(token: u32, block: u32) -> Block {
    let u = first_words[block % SPAN];
    let v = last_words[block % SPAN];
    return Block(array<u32, 8>(u.x, u.y, u.z, u.w, v.x, v.y, v.z, v.w));
}

fn x_factor(token: u32, block: u32) -> f32 {
    return factors[block % SPAN];
}
