// What changes from one forward pass to the next.
struct Step {
    tokens: u32,    // rows of activations in this pass
    position: u32,  // place of the first of them in the context
    first: u32,     // first row to read, where a kernel works on the tail of a pass
    unused: u32,
}
@group(0) @binding(0) var<uniform> step: Step;
