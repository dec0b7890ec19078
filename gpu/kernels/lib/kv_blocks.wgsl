// Key-value cache of blocks of 32 codes with an f16 scale. Eight chunks (two blocks) lie together: the words of their
// codes, then one of both scales.
fn piece_of(chunk: u32) -> u32 {
    return chunk / 8u * (8u * CODE_WORDS + 1u);
}

fn code_word(chunk: u32) -> u32 {
    return piece_of(chunk) + chunk % 8u * CODE_WORDS;
}

fn scale_word(chunk: u32) -> u32 {
    return piece_of(chunk) + 8u * CODE_WORDS;
}
