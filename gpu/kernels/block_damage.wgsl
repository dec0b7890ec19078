// What rounding to a symmetric grid does to the blocks of a flat array, each block under a scale of its own:
// signal Σ x², noise Σ (x − q d)², the largest |x − q d|, how many values became 0, how many blocks are left with
// how many levels, and the block whose field (all but the value that set the scale) is noisiest for its signal.
// An invocation reads BLOCKS blocks of QUADS · 4 values twice: for the scale, then for what it does. A workgroup
// writes one Sums. Values are compared as bits, so that NaN and infinity show up as the largest magnitude.
const RULE_SYMMETRIC: u32 = 0u;  // d = max|x| / QMAX, halves away from zero (gpu/formats/integers.py)
const RULE_Q8_0: u32 = 1u;       // the same under a float16 scale
const RULE_Q4_0: u32 = 2u;       // d = (signed value of largest magnitude) / −8, float16
override THREADS: u32 = 64u;
override BLOCKS: u32 = 16u;
override QUADS: u32 = 8u;
override RULE: u32 = 0u;
override QMAX: f32 = 127.0;
override LEVELS: u32 = 255u;
struct Part { blocks: u32, unused_a: u32, unused_b: u32, unused_c: u32 }
struct Sums {
    signal: f32, noise: f32, max_error: f32, worst_ratio: f32,
    worst_block: u32, zeroed: u32, largest_bits: u32, unused: u32,
}
@group(0) @binding(2) var<uniform> part: Part;
@group(0) @binding(3) var<storage, read_write> sums: array<Sums>;
@group(0) @binding(4) var<storage, read_write> counts: array<atomic<u32>>;
var<workgroup> partials: array<Sums, THREADS>;
var<workgroup> seen: array<atomic<u32>, 257>;

struct Scale { inverse: f32, step: f32 }

// The nearest float16, halves to even. By hand, as drivers take what was packed and unpacked again for what it was
// before: Mesa 25.0 does.
fn as_half(x: f32) -> f32 {
    let bits = bitcast<u32>(x);
    let normal = (bits + 0xfffu + ((bits >> 13u) & 1u)) & 0xffffe000u;
    let beyond = (normal & 0x7fffffffu) >= 0x47800000u;  // 2^16, which becomes infinity
    let subnormal = round(x * 0x1p24) * 0x1p-24;
    return select(bitcast<f32>(select(normal, (bits & 0x80000000u) | 0x7f800000u, beyond)), subnormal, abs(x) < 0x1p-14);
}

fn scale_of(absmax: f32, peak: f32) -> Scale {
    if (RULE == RULE_SYMMETRIC) {
        if (absmax < 0x1p-100) {
            return Scale(0.0, 0.0);
        }
        return Scale(QMAX / absmax, absmax / QMAX);
    }
    let d = select(absmax / 127.0, peak / -8.0, RULE == RULE_Q4_0);
    return Scale(select(0.0, 1.0 / d, abs(d) >= 0x1p-126), as_half(d));
}

fn code_of(v: vec4<f32>, inverse: f32) -> vec4<f32> {
    let scaled = v * inverse;
    if (RULE == RULE_Q4_0) {
        return trunc(clamp(scaled + 8.5, vec4<f32>(), vec4<f32>(15.0))) - 8.0;
    }
    let away = select(vec4<f32>(-0.49999997), vec4<f32>(0.49999997), scaled >= vec4<f32>());
    return trunc(clamp(scaled + away, vec4<f32>(-QMAX), vec4<f32>(QMAX)));
}

fn largest_of(v: vec4<f32>) -> f32 {
    return max(max(v.x, v.y), max(v.z, v.w));
}

// Of values with the largest magnitude the first, which may be negative.
fn first_peak(start: u32, absmax: f32) -> f32 {
    for (var i = 0u; i < QUADS; i++) {
        let v = quad(start + i);
        for (var lane = 0u; lane < 4u; lane++) {
            if (abs(v[lane]) == absmax) {
                return v[lane];
            }
        }
    }
    return absmax;
}

fn measure(block: u32, total: ptr<function, Sums>) {
    let start = block * QUADS;
    var bits = vec4<u32>();
    for (var i = 0u; i < QUADS; i++) {
        bits = max(bits, bitcast<vec4<u32>>(quad(start + i)) & vec4<u32>(0x7fffffffu));
    }
    let largest = max(max(bits.x, bits.y), max(bits.z, bits.w));
    (*total).largest_bits = max((*total).largest_bits, largest);
    let absmax = bitcast<f32>(largest);
    let peak = first_peak(start, absmax);
    let scale = scale_of(absmax, peak);
    let setter_code = code_of(vec4<f32>(peak), scale.inverse).x;
    let setter_error = peak - setter_code * scale.step;

    var field_signal = vec4<f32>();
    var field_noise = vec4<f32>();
    var max_error = vec4<f32>();
    var zeroed = vec4<f32>();
    var field_code = vec4<f32>();
    var peaks = vec4<f32>();
    var opposite_peaks = vec4<f32>();
    for (var i = 0u; i < QUADS; i++) {
        let v = quad(start + i);
        let code = code_of(v, scale.inverse);
        let restored = code * scale.step;
        let error = abs(v - restored);
        let inside = abs(v) < vec4<f32>(absmax);
        max_error = max(max_error, error);
        zeroed += select(vec4<f32>(), vec4<f32>(1.0), (restored == vec4<f32>()) & (v != vec4<f32>()));
        field_signal += select(vec4<f32>(), v * v, inside);
        field_noise += select(vec4<f32>(), error * error, inside);
        field_code = max(field_code, select(vec4<f32>(), abs(code), inside));
        peaks += select(vec4<f32>(), vec4<f32>(1.0), v == vec4<f32>(peak));
        opposite_peaks += select(vec4<f32>(), vec4<f32>(1.0), v == vec4<f32>(-peak));
    }
    // Others as large as the value that set the scale belong to the field.
    let others = dot(peaks, vec4<f32>(1.0)) - 1.0;
    let opposites = select(dot(opposite_peaks, vec4<f32>(1.0)), 0.0, absmax == 0.0);
    let opposite_code = code_of(vec4<f32>(-peak), scale.inverse).x;
    let opposite_error = -peak - opposite_code * scale.step;
    let signal = dot(field_signal, vec4<f32>(1.0)) + (others + opposites) * peak * peak;
    let noise = dot(field_noise, vec4<f32>(1.0)) + others * setter_error * setter_error
        + opposites * opposite_error * opposite_error;
    var r = largest_of(field_code);
    r = select(r, max(r, abs(setter_code)), others > 0.0);
    r = select(r, max(r, abs(opposite_code)), opposites > 0.0);

    (*total).signal += signal + peak * peak;
    (*total).noise += noise + setter_error * setter_error;
    (*total).max_error = max((*total).max_error, largest_of(max_error));
    (*total).zeroed += u32(dot(zeroed, vec4<f32>(1.0)));
    if (signal > 0.0) {
        atomicAdd(&seen[select(0u, min(2u * u32(r) + 1u, LEVELS), r > 0.0)], 1u);
        if (noise / signal > (*total).worst_ratio) {
            (*total).worst_ratio = noise / signal;
            (*total).worst_block = block;
        }
    }
}

@compute @workgroup_size(THREADS)
fn main(@builtin(workgroup_id) group: vec3<u32>, @builtin(local_invocation_index) thread: u32) {
    for (var i = thread; i <= LEVELS; i += THREADS) {
        atomicStore(&seen[i], 0u);
    }
    workgroupBarrier();
    var total = Sums();
    for (var i = 0u; i < BLOCKS; i++) {
        let block = (group.x * BLOCKS + i) * THREADS + thread;
        if (block < part.blocks) {
            measure(block, &total);
        }
    }
    partials[thread] = total;
    workgroupBarrier();
    for (var i = thread; i <= LEVELS; i += THREADS) {
        atomicAdd(&counts[i], atomicLoad(&seen[i]));
    }
    if (thread == 0u) {
        for (var i = 1u; i < THREADS; i++) {
            let other = partials[i];
            total.signal += other.signal;
            total.noise += other.noise;
            total.max_error = max(total.max_error, other.max_error);
            total.zeroed += other.zeroed;
            total.largest_bits = max(total.largest_bits, other.largest_bits);
            if (other.worst_ratio > total.worst_ratio) {
                total.worst_ratio = other.worst_ratio;
                total.worst_block = other.worst_block;
            }
        }
        sums[group.x] = total;
    }
}
