//! Cursors: where a listing goes on, signed, and bound to its question and its picture.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use survey::RecordId;

use crate::app::Served;
use crate::problem::{INVALID_CURSOR, Problem};
use crate::submission::hexadecimal;

/// Bytes of a signature that are kept: 2⁻⁶⁴ of a chance to guess one.
const SIGNATURE_BYTES: usize = 8;

/// Where a listing goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The revision of the picture the first page was taken from.
    pub revision: u64,
    /// Behind this item, when items are ordered by id.
    pub after: Option<RecordId>,
    /// Behind so many items.
    pub offset: u64,
    /// How many items there are in all, if that was counted for the first page.
    pub matched: Option<u64>,
}

/// Signs cursors, each for one question.
#[derive(Debug)]
pub struct Signer<'a> {
    key: &'a [u8],
    question: String,
}

impl<'a> Signer<'a> {
    /// For a question: the collection and every parameter that changes what is listed.
    pub fn new(served: &'a Served, question: String) -> Self {
        Self { key: served.cursor_key(), question }
    }

    /// The text of a cursor.
    pub fn write(&self, cursor: &Cursor) -> String {
        let after = cursor.after.map(|id| id.to_string()).unwrap_or_default();
        let matched = cursor.matched.map(|count| count.to_string()).unwrap_or_default();
        let claim = format!("{}_{after}_{}_{matched}", cursor.revision, cursor.offset);
        format!("{claim}_{}", self.signature(&claim))
    }

    /// Reads a cursor back.
    ///
    /// # Errors
    /// `invalid-cursor` when it was not made here, or for another question.
    pub fn read(&self, text: &str) -> Result<Cursor, Problem> {
        let refused = || {
            Problem::new(
                INVALID_CURSOR,
                "take the cursor from the \"next\" link of the page before, with the parameters \
                 that stand there, unchanged; or begin again without one",
            )
        };
        let (claim, signature) = text.rsplit_once('_').ok_or_else(refused)?;
        if self.signature(claim) != signature {
            return Err(refused());
        }
        let parts: Vec<&str> = claim.split('_').collect();
        let [revision, after, offset, matched] = parts[..] else { return Err(refused()) };
        let whole = |text: &str| text.parse::<u64>().map_err(|_invalid| refused());
        Ok(Cursor {
            revision: whole(revision)?,
            after: match after {
                "" => None,
                id => Some(id.parse().map_err(|_invalid| refused())?),
            },
            offset: whole(offset)?,
            matched: if matched.is_empty() { None } else { Some(whole(matched)?) },
        })
    }

    fn signature(&self, claim: &str) -> String {
        // A key of any length is taken.
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.key) else { return String::new() };
        mac.update(claim.as_bytes());
        mac.update(&[0]);
        mac.update(self.question.as_bytes());
        let digest = mac.finalize().into_bytes();
        hexadecimal(&digest[..SIGNATURE_BYTES])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signer(question: &str) -> Signer<'static> {
        Signer { key: b"a key of the tests", question: question.to_owned() }
    }

    #[test]
    fn a_cursor_is_read_back_for_the_question_it_was_made_for() {
        let cursor = Cursor {
            revision: 12,
            after: Some(RecordId::from(0x0190_0000_0000_7000_8000_0000_0000_0001)),
            offset: 200,
            matched: Some(1_234),
        };
        let text = signer("bbox=1,2,3,4").write(&cursor);
        assert_eq!(signer("bbox=1,2,3,4").read(&text).unwrap(), cursor);
        assert!(signer("bbox=1,2,3,5").read(&text).is_err());
    }

    #[test]
    fn a_cursor_that_was_changed_is_refused() {
        let cursor = Cursor { revision: 3, after: None, offset: 100, matched: None };
        let text = signer("").write(&cursor);
        for hostile in
            [text.replacen('3', "4", 1), String::new(), "_".repeat(9), text.to_uppercase() + "0"]
        {
            assert!(signer("").read(&hostile).is_err(), "{hostile}");
        }
    }
}
