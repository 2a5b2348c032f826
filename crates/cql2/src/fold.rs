use std::borrow::Cow;

use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// Normal form C, so that one text has one spelling (recommendation `string-normalization`).
pub(crate) fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || is_nfc_quick(text.chars()) == IsNormalized::Yes {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// Full case folding (Unicode, clause 5.18; mappings C and F).
pub(crate) fn without_case(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    caseless::default_case_fold_str(text).nfc().collect()
}

/// Without accents: decomposed, marks dropped, composed again.
///
/// Only marks that are accents go: the vowel signs of Khmer and its kin and the Japanese sound marks
/// make other words. Letters with a stroke (ø, đ) do not decompose and stay.
pub(crate) fn without_accents(text: &str) -> String {
    if text.is_ascii() {
        return text.to_owned();
    }
    text.nfd().filter(|character| !is_accent(*character)).nfc().collect()
}

fn is_accent(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36F}' | '\u{483}'..='\u{487}' | '\u{591}'..='\u{5BD}'
        | '\u{64B}'..='\u{65F}' | '\u{670}' | '\u{1AB0}'..='\u{1AFF}'
        | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

/// A pattern of LIKE, taken apart.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Pattern(Vec<Piece>);

#[derive(Debug, Clone, PartialEq)]
enum Piece {
    Any,
    One,
    Exactly(char),
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Self {
        let mut pieces = Vec::new();
        let mut characters = text.chars();
        while let Some(character) = characters.next() {
            pieces.push(match character {
                '%' => Piece::Any,
                '_' => Piece::One,
                '\\' => Piece::Exactly(characters.next().unwrap_or('\\')),
                other => Piece::Exactly(other),
            });
        }
        Self(pieces)
    }

    /// Whether the whole text follows the pattern; time grows with text times pattern at worst.
    pub(crate) fn matches(&self, text: &str) -> bool {
        let mut rest = text.chars();
        let mut piece = 0;
        let mut retry = None;
        loop {
            let here = rest.clone();
            match (self.0.get(piece), rest.next()) {
                (Some(Piece::Any), _) => {
                    piece += 1;
                    rest = here.clone();
                    retry = Some((piece, here));
                    continue;
                }
                (Some(Piece::One), Some(_)) => {
                    piece += 1;
                    continue;
                }
                (Some(Piece::Exactly(wanted)), Some(found)) if *wanted == found => {
                    piece += 1;
                    continue;
                }
                (None, None) => return true,
                _ => {}
            }
            let Some((start, mut from)) = retry else { return false };
            if from.next().is_none() {
                return false;
            }
            rest = from.clone();
            piece = start;
            retry = Some((start, from));
        }
    }
}
