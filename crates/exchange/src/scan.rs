//! Finds where a JSON value ends without parsing it, at the speed memory is read.

/// State of a scan that can stop at any byte and go on with the next piece of text.
///
/// Brackets are matched by kind down to 128 levels and counted below; strings and their escapes
/// are stepped over. Everything else inside a value is left to the parser.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ValueScan {
    depth: u32,
    deepest: u32,
    /// One bit a level: 1 for an object, 0 for an array.
    objects: u128,
    state: State,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Before,
    Outside,
    InString,
    Escaped,
    Scalar,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    /// The value ends before this byte of the piece.
    Complete(usize),
    /// The piece is used up; the value goes on.
    More,
    /// The bracket at this byte does not close the one that is open.
    Mismatch(usize),
}

impl ValueScan {
    /// A scan that expects the first byte of a value (no white space before it).
    pub(crate) fn new() -> Self {
        Self { depth: 0, deepest: 0, objects: 0, state: State::Before }
    }

    /// Deepest nesting of brackets met so far.
    pub(crate) fn deepest(&self) -> u32 {
        self.deepest
    }

    /// Whether the end of the text would end the value here, as it ends a number.
    pub(crate) fn may_end_here(&self) -> bool {
        self.state == State::Scalar
    }

    /// Goes through the next piece of text.
    pub(crate) fn advance(&mut self, piece: &[u8]) -> Step {
        let mut at = 0;
        loop {
            match self.state {
                State::Before => match piece.first() {
                    None => return Step::More,
                    Some(b'{' | b'[' | b'"') => self.state = State::Outside,
                    Some(_) => self.state = State::Scalar,
                },
                State::Scalar => {
                    return match piece[at..].iter().position(|byte| ends_scalar(*byte)) {
                        Some(length) => Step::Complete(at + length),
                        None => Step::More,
                    };
                }
                State::Outside => {
                    let Some(distance) = next_structural(&piece[at..]) else { return Step::More };
                    at += distance;
                    match self.structural(piece[at]) {
                        Turn::On => at += 1,
                        Turn::Mismatch => return Step::Mismatch(at),
                        Turn::Complete => return Step::Complete(at + 1),
                    }
                }
                State::InString => {
                    let Some(distance) = memchr::memchr2(b'"', b'\\', &piece[at..]) else {
                        return Step::More;
                    };
                    at += distance + 1;
                    if piece[at - 1] == b'\\' {
                        self.state = State::Escaped;
                    } else if self.depth == 0 {
                        return Step::Complete(at);
                    } else {
                        self.state = State::Outside;
                    }
                }
                State::Escaped => {
                    if at == piece.len() {
                        return Step::More;
                    }
                    at += 1;
                    self.state = State::InString;
                }
            }
        }
    }

    fn structural(&mut self, byte: u8) -> Turn {
        match byte {
            b'"' => {
                self.state = State::InString;
                Turn::On
            }
            b'{' | b'[' => {
                let level = self.depth.min(127);
                if byte == b'{' {
                    self.objects |= 1 << level;
                } else {
                    self.objects &= !(1 << level);
                }
                self.depth += 1;
                self.deepest = self.deepest.max(self.depth);
                Turn::On
            }
            _ => {
                let Some(depth) = self.depth.checked_sub(1) else { return Turn::Mismatch };
                self.depth = depth;
                let object = self.objects >> depth.min(127) & 1 == 1;
                if depth < 127 && object != (byte == b'}') {
                    Turn::Mismatch
                } else if depth == 0 {
                    Turn::Complete
                } else {
                    Turn::On
                }
            }
        }
    }
}

enum Turn {
    On,
    Complete,
    Mismatch,
}

fn ends_scalar(byte: u8) -> bool {
    matches!(byte, b',' | b']' | b'}' | b':' | b'"' | b'[' | b'{' | b' ' | b'\t' | b'\n' | b'\r')
}

const STRUCTURAL: [bool; 256] = {
    let mut table = [false; 256];
    table[b'"' as usize] = true;
    table[b'{' as usize] = true;
    table[b'}' as usize] = true;
    table[b'[' as usize] = true;
    table[b']' as usize] = true;
    table
};

/// Distance to the next quote or bracket.
fn next_structural(piece: &[u8]) -> Option<usize> {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGH: u64 = 0x8080_8080_8080_8080;
    let has_zero = |word: u64| word.wrapping_sub(ONES) & !word & HIGH;
    let mut at = 0;
    while let Some(eight) = piece.get(at..at + 8).and_then(|bytes| bytes.try_into().ok()) {
        let word = u64::from_le_bytes(eight);
        // Setting the bits 0x26 maps the four brackets, and few other bytes, to 0x7F.
        let brackets = has_zero((word | (ONES * 0x26)) ^ (ONES * 0x7F));
        let quotes = has_zero(word ^ (ONES * 0x22));
        let mut candidates = brackets | quotes;
        while candidates != 0 {
            let candidate = at + candidates.trailing_zeros() as usize / 8;
            if STRUCTURAL[usize::from(piece[candidate])] {
                return Some(candidate);
            }
            candidates &= candidates - 1;
        }
        at += 8;
    }
    piece[at..].iter().position(|byte| STRUCTURAL[usize::from(*byte)]).map(|rest| at + rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn end_of(text: &str) -> Step {
        ValueScan::new().advance(text.as_bytes())
    }

    #[test]
    fn a_value_ends_with_its_own_closing_mark() {
        assert_eq!(end_of(r#"{"a":[1,{"b":"}"}]},{}"#), Step::Complete(19));
        assert_eq!(end_of(r#""a\"b\\",1"#), Step::Complete(8));
        assert_eq!(end_of("-12.5e3]"), Step::Complete(7));
        assert_eq!(end_of("[[1,2]"), Step::More);
        assert_eq!(end_of("[1}"), Step::Mismatch(2));
        assert_eq!(end_of("{]"), Step::Mismatch(1));
    }

    #[test]
    fn brackets_are_counted_beyond_the_levels_that_are_told_apart() {
        let text = format!("{}{}", "[".repeat(5_000), "]".repeat(5_000));
        let mut scan = ValueScan::new();
        assert_eq!(scan.advance(text.as_bytes()), Step::Complete(10_000));
        assert_eq!(scan.deepest(), 5_000);
    }

    proptest! {
        #[test]
        fn the_end_does_not_depend_on_how_the_text_is_cut(
            text in r#"[\[\]{}":,\\a-z0-9 Y_]{0,60}"#, cuts in prop::collection::vec(1_usize..9, 1..20),
        ) {
            let whole = ValueScan::new().advance(text.as_bytes());
            let mut scan = ValueScan::new();
            let mut at = 0;
            let mut in_pieces = Step::More;
            for length in cuts.iter().cycle() {
                let end = (at + length).min(text.len());
                in_pieces = match scan.advance(&text.as_bytes()[at..end]) {
                    Step::Complete(n) => Step::Complete(at + n),
                    Step::Mismatch(n) => Step::Mismatch(at + n),
                    Step::More => Step::More,
                };
                at = end;
                if in_pieces != Step::More || at == text.len() { break }
            }
            prop_assert_eq!(whole, in_pieces);
        }

        #[test]
        fn structural_bytes_are_found_where_a_plain_search_finds_them(
            bytes in prop::collection::vec(any::<u8>(), 0..80),
        ) {
            let plain = bytes.iter().position(|byte| STRUCTURAL[usize::from(*byte)]);
            prop_assert_eq!(next_structural(&bytes), plain);
        }
    }
}
