//! Splits an object into members and an array into elements, tolerating faults inside them.
//!
//! A strict parser stops at the first `NaN`, lone surrogate or number like `1e999` and loses the
//! whole feature; what is split here can be read piece by piece, and each fault told by its place.

use crate::scan::{Step, ValueScan};
use crate::source::is_whitespace;

/// A byte where brackets, names, colons and commas stop fitting together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Broken {
    pub(crate) at: usize,
}

/// The members of an object: names as written, with their quotes, and the texts of the values.
pub(crate) fn members(text: &str) -> Result<Vec<(&str, &str)>, Broken> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.expect(b'{')?;
    let mut members = Vec::new();
    if cursor.closes(b'}', true)? {
        return Ok(members);
    }
    loop {
        cursor.skip_blank();
        if !cursor.looking_at(b'"') {
            return Err(cursor.broken());
        }
        let name = cursor.value()?;
        cursor.expect(b':')?;
        members.push((name, cursor.value()?));
        if cursor.closes(b'}', false)? {
            return Ok(members);
        }
    }
}

/// The texts of the elements of an array.
pub(crate) fn elements(text: &str) -> Result<Vec<&str>, Broken> {
    let mut cursor = Cursor { text, at: 0 };
    cursor.expect(b'[')?;
    let mut elements = Vec::new();
    if cursor.closes(b']', true)? {
        return Ok(elements);
    }
    loop {
        elements.push(cursor.value()?);
        if cursor.closes(b']', false)? {
            return Ok(elements);
        }
    }
}

struct Cursor<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Cursor<'a> {
    fn broken(&self) -> Broken {
        Broken { at: self.at }
    }

    fn looking_at(&self, byte: u8) -> bool {
        self.text.as_bytes().get(self.at) == Some(&byte)
    }

    fn skip_blank(&mut self) {
        while self.text.as_bytes().get(self.at).is_some_and(|byte| is_whitespace(*byte)) {
            self.at += 1;
        }
    }

    fn expect(&mut self, byte: u8) -> Result<(), Broken> {
        self.skip_blank();
        if !self.looking_at(byte) {
            return Err(self.broken());
        }
        self.at += 1;
        Ok(())
    }

    /// Moves over the closing bracket, which must end the text, or over the comma before the next
    /// piece.
    fn closes(&mut self, bracket: u8, empty: bool) -> Result<bool, Broken> {
        self.skip_blank();
        if self.looking_at(bracket) {
            self.at += 1;
            self.skip_blank();
            return if self.at == self.text.len() { Ok(true) } else { Err(self.broken()) };
        }
        if empty {
            return Ok(false);
        }
        self.expect(b',').map(|()| false)
    }

    fn value(&mut self) -> Result<&'a str, Broken> {
        self.skip_blank();
        let rest = &self.text[self.at..];
        match ValueScan::new().advance(rest.as_bytes()) {
            Step::Complete(length) if length > 0 => {
                self.at += length;
                Ok(&rest[..length])
            }
            Step::Complete(_) => Err(self.broken()),
            Step::Mismatch(at) => Err(Broken { at: self.at + at }),
            Step::More => Err(Broken { at: self.text.len() }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn members_are_told_apart_even_when_a_value_is_no_json() {
        let text = r#" {"a": [NaN, {}], "b\"": nope , "c":{"d":1}} "#;
        let expected = [(r#""a""#, "[NaN, {}]"), (r#""b\"""#, "nope"), (r#""c""#, r#"{"d":1}"#)];
        assert_eq!(members(text).unwrap(), expected);
        assert_eq!(members("{ }").unwrap(), []);
        for (text, at) in [
            (r#"{"a" 1}"#, 5),
            (r#"{"a":1,}"#, 7),
            (r#"{"a":1"#, 6),
            (r#"{"a":}"#, 5),
            (r#"{"a":[}}"#, 6),
            ("{} x", 3),
            ("[1]", 0),
            ("{1:2}", 1),
        ] {
            assert_eq!(members(text), Err(Broken { at }), "{text}");
        }
    }

    #[test]
    fn elements_are_told_apart_even_when_one_is_no_json() {
        assert_eq!(elements("[1, Infinity,[2] ]").unwrap(), ["1", "Infinity", "[2]"]);
        assert_eq!(elements("[]").unwrap(), [""; 0]);
        assert_eq!(elements("[1,]"), Err(Broken { at: 3 }));
        assert_eq!(elements("[1 2]"), Err(Broken { at: 3 }));
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_split_or_refused_without_a_panic(text in r#"[\[\]{}":,\\a0é ]{0,30}"#) {
            let _ = members(&text);
            let _ = elements(&text);
        }
    }
}
