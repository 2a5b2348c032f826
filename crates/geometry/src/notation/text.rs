//! From characters to numbers, marks and words, each with its place in the text.

use std::ops::Range;

use super::error::{NotationError, NotationRule as Rule};

/// Characters of a text that is read as a position.
///
/// The longest sensible spelling, both angles with words for all marks, has some 120.
pub const MAX_CHARS: usize = 200;

/// Digits of one number; a nanometre of longitude has 14.
const MAX_DIGITS: usize = 20;

/// Zeros of the scripts whose digits are read.
const ZEROS: [u32; 10] = [
    0x0030, // Latin
    0x0660, // Arabic-Indic
    0x06F0, // Persian
    0x0966, // Devanagari
    0x09E6, // Bengali
    0x0E50, // Thai
    0x0ED0, // Lao
    0x1040, // Myanmar
    0x17E0, // Khmer
    0xFF10, // full width
];

/// A text in characters, as typed and as read.
#[derive(Debug)]
pub(super) struct Text {
    typed: Vec<char>,
    /// One character for each of `typed`: ASCII digits, and one sign for each kind of mark.
    read: Vec<char>,
}

/// A piece of a text.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) chars: Range<usize>,
    /// Whether a blank stands before it.
    pub(super) apart: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    Number(Number),
    Minus,
    Plus,
    Degree,
    Minute,
    Second,
    Colon,
    Separator,
    Bar,
    /// Letters as typed.
    Word(String),
}

/// A number without a sign.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub(super) value: f64,
    /// Digits before the decimals.
    pub(super) whole_digits: usize,
    pub(super) decimals: usize,
    /// Whether the decimals follow a comma.
    pub(super) comma: bool,
}

impl Number {
    /// The value of one unit of the last digit.
    pub(super) fn step(&self) -> f64 {
        10.0_f64.powi(-(self.decimals as i32))
    }

    pub(super) fn is_whole(&self) -> bool {
        self.decimals == 0
    }
}

impl Text {
    /// Takes a text of bearable length.
    pub(super) fn new(text: &str) -> Result<Self, NotationError> {
        let typed: Vec<char> = text.chars().take(MAX_CHARS + 1).collect();
        let read = typed.iter().copied().map(read_as).collect();
        let text = Self { typed, read };
        if text.typed.len() > MAX_CHARS {
            let fix = "Give one position alone, without other text.".to_owned();
            return Err(text.fault(Rule::TooLong, MAX_CHARS..MAX_CHARS + 1, fix));
        }
        if text.read.iter().all(|c| *c == ' ') {
            let fix = "Type for example 13.1°N 103.2°E.".to_owned();
            return Err(text.fault(Rule::Empty, text.end(), fix));
        }
        Ok(text)
    }

    /// The characters as they are read.
    pub(super) fn read(&self) -> &[char] {
        &self.read
    }

    /// The characters as they were typed.
    pub(super) fn typed(&self, chars: Range<usize>) -> String {
        self.typed.get(chars).unwrap_or_default().iter().collect()
    }

    /// The empty range at the end.
    pub(super) fn end(&self) -> Range<usize> {
        self.typed.len()..self.typed.len()
    }

    /// The range of everything but blanks at both ends.
    pub(super) fn whole(&self) -> Range<usize> {
        let is_ink = |c: &char| *c != ' ';
        let start = self.read.iter().position(is_ink).unwrap_or(0);
        let end = self.read.iter().rposition(is_ink).map_or(0, |last| last + 1);
        start..end
    }

    pub(super) fn fault(&self, rule: Rule, chars: Range<usize>, fix: String) -> NotationError {
        NotationError { rule, found: self.typed(chars.clone()), chars, fix }
    }

    fn at(&self, index: usize) -> char {
        self.read.get(index).copied().unwrap_or('\0')
    }

    fn is_digit_at(&self, index: usize) -> bool {
        self.at(index).is_ascii_digit()
    }

    /// Cuts the text into tokens.
    pub(super) fn tokens(&self) -> Result<Vec<Token>, NotationError> {
        // Where a point begins decimals, a comma between digits parts numbers.
        let comma_is_decimal = !(1..self.read.len())
            .any(|i| self.at(i) == '.' && self.is_digit_at(i - 1) && self.is_digit_at(i + 1));
        let mut tokens: Vec<Token> = Vec::new();
        let mut next = 0;
        let mut apart = false;
        while next < self.read.len() {
            let start = next;
            let kind = match self.at(next) {
                ' ' => {
                    apart = true;
                    next += 1;
                    continue;
                }
                '.' if ends_word(&tokens, start) && !self.is_digit_at(start + 1) => {
                    next += 1;
                    continue;
                }
                c if c.is_ascii_digit() => {
                    let (number, end) = self.number(start, comma_is_decimal)?;
                    next = end;
                    Kind::Number(number)
                }
                c if is_letter(c) => {
                    next += self.read[start..].iter().take_while(|c| is_letter(**c)).count();
                    Kind::Word(self.typed(start..next))
                }
                '\'' if self.at(start + 1) == '\'' => {
                    next += 2;
                    Kind::Second
                }
                c => {
                    next += 1;
                    self.mark(c, start)?
                }
            };
            tokens.push(Token { kind, chars: start..next, apart });
            apart = false;
        }
        Ok(tokens)
    }

    fn mark(&self, c: char, at: usize) -> Result<Kind, NotationError> {
        let (rule, fix) = match c {
            '°' => return Ok(Kind::Degree),
            '\'' => return Ok(Kind::Minute),
            '"' => return Ok(Kind::Second),
            ':' => return Ok(Kind::Colon),
            ',' | ';' | '/' => return Ok(Kind::Separator),
            '|' => return Ok(Kind::Bar),
            '-' => return Ok(Kind::Minus),
            '+' => return Ok(Kind::Plus),
            '.' | '٫' => (Rule::StrayPoint, "Write 0.5 for a half, and leave other points out."),
            _ => (Rule::UnknownCharacter, "Leave it out, or put a blank in its place."),
        };
        Err(self.fault(rule, at..at + 1, fix.to_owned()))
    }

    /// Reads the number that starts at `start`.
    fn number(&self, start: usize, comma: bool) -> Result<(Number, usize), NotationError> {
        let digits = |from: usize| {
            from + self.read[from..].iter().take_while(|c| c.is_ascii_digit()).count()
        };
        let begins_decimals = |at: usize| {
            let sign = self.at(at);
            (matches!(sign, '.' | '٫') || (comma && sign == ',')) && self.is_digit_at(at + 1)
        };
        let whole_end = digits(start);
        let has_decimals = begins_decimals(whole_end);
        let end = if has_decimals { digits(whole_end + 1) } else { whole_end };
        if end - start > MAX_DIGITS + 1 {
            let fix = "Give as many decimals as were measured.".to_owned();
            return Err(self.fault(Rule::TooManyDigits, start..end, fix));
        }
        if has_decimals && begins_decimals(end) {
            return Err(self.too_many_points(start, digits(end + 1)));
        }
        if self.at(end) == '.' {
            let fix = "Write the decimals after the point, or leave it out.".to_owned();
            return Err(self.fault(Rule::StrayPoint, start..end + 1, fix));
        }
        let plain = |c: &char| if c.is_ascii_digit() { *c } else { '.' };
        let value: String = self.read[start..end].iter().map(plain).collect();
        let number = Number {
            value: value.parse().unwrap_or(f64::NAN),
            whole_digits: whole_end - start,
            decimals: if has_decimals { end - whole_end - 1 } else { 0 },
            comma: has_decimals && self.at(whole_end) == ',',
        };
        Ok((number, end))
    }

    /// A number like 13.05.30, or one like 45,5,36,2.
    fn too_many_points(&self, start: usize, end: usize) -> NotationError {
        if self.read[start..end].contains(&',') {
            let fix = "Part the two coordinates by a semicolon, or write points for decimals.";
            return self.fault(Rule::AmbiguousComma, start..end, fix.to_owned());
        }
        let parts: Vec<String> = self.read[start..end]
            .split(|c| !c.is_ascii_digit())
            .map(|part| part.iter().collect())
            .collect();
        let fix = format!("Type {}, if that is meant.", parts.join(" "));
        self.fault(Rule::SexagesimalAsDecimal, start..end, fix)
    }
}

/// Tells whether the last token is a word that ends here.
fn ends_word(tokens: &[Token], here: usize) -> bool {
    tokens.last().is_some_and(|t| matches!(t.kind, Kind::Word(_)) && t.chars.end == here)
}

/// Tells whether a character is part of a word; Khmer vowels and the signs around them are.
fn is_letter(c: char) -> bool {
    c.is_alphabetic() || ('\u{1780}'..='\u{17D3}').contains(&c)
}

/// The one character that stands for all of its kind.
fn read_as(c: char) -> char {
    let code = u32::from(c);
    if let Some(digit) = ZEROS.iter().find_map(|zero| code.checked_sub(*zero).filter(|d| *d < 10)) {
        return char::from_digit(digit, 10).unwrap_or(c);
    }
    match c {
        '°' | 'º' | '˚' | '∘' | '⁰' | 'ᵒ' => '°',
        '\'' | '′' | '’' | '‘' | 'ʹ' | 'ʼ' | '´' | '`' | '＇' | '‛' => '\'',
        '"' | '″' | '”' | '“' | 'ʺ' | '˝' | '＂' | '‟' | '„' => '"',
        '-' | '−' | '‐' | '‑' | '‒' | '–' | '—' | '﹣' | '－' => '-',
        '＋' => '+',
        '،' | '；' | '，' => ';',
        '：' => ':',
        '\u{200B}'..='\u{200F}'
        | '\u{202A}'..='\u{202E}'
        | '\u{2066}'..='\u{2069}'
        | '\u{FEFF}' => ' ',
        _ if c.is_whitespace() => ' ',
        _ => c,
    }
}
