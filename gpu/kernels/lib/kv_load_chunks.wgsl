// A lane's slice of a head comes from the cache chunk by chunk.
fn key_at(position: u32, place: Place) -> Slice {
    var slice = Slice();
    slice.a = load_key(place.a, position);
    if (WIDE) { slice.b = load_key(place.b, position); }
    return slice;
}

fn value_at(position: u32, place: Place) -> Slice {
    var slice = Slice();
    slice.a = load_value(place.a, position);
    if (WIDE) { slice.b = load_value(place.b, position); }
    return slice;
}
