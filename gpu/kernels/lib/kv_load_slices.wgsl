// A lane's slice of a head comes from the cache at once.
fn key_at(position: u32, place: Place) -> Slice {
    return key_slice(place.a, position);
}

fn value_at(position: u32, place: Place) -> Slice {
    return value_slice(place.a, position);
}
