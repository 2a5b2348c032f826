use crate::SyntaxError;

/// A word of the text encoding.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Token {
    /// An identifier or keyword as written.
    Name(String),
    /// An identifier in double quotes: never a keyword.
    Quoted(String),
    /// A character literal, escapes resolved.
    Text(String),
    /// An unsigned number as written.
    Number(String),
    /// An operator or bracket.
    Symbol(&'static str),
    /// Nothing more.
    End,
}

const SYMBOLS: &[&str] =
    &["<>", "<=", ">=", "=", "<", ">", "(", ")", ",", "+", "-", "*", "/", "%", "^"];

/// Cuts a text into words, each with the character it begins at, and an end behind the last.
pub(crate) fn tokens(text: &str) -> Result<Vec<(usize, Token)>, SyntaxError> {
    let characters: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < characters.len() {
        let character = characters[at];
        if character.is_whitespace() {
            at += 1;
            continue;
        }
        let (token, end) = match character {
            '\'' => text_literal(&characters, at)?,
            '"' => quoted(&characters, at)?,
            _ if is_number(&characters, at) => number(&characters, at),
            _ if starts_identifier(character) => {
                let end = end_of(&characters, at, continues_identifier);
                (Token::Name(characters[at..end].iter().collect()), end)
            }
            _ => symbol(&characters, at)?,
        };
        found.push((at, token));
        at = end;
    }
    found.push((characters.len(), Token::End));
    Ok(found)
}

fn end_of(characters: &[char], from: usize, holds: impl Fn(char) -> bool) -> usize {
    characters[from..].iter().position(|c| !holds(*c)).map_or(characters.len(), |n| from + n)
}

fn text_literal(characters: &[char], start: usize) -> Result<(Token, usize), SyntaxError> {
    let mut text = String::new();
    let mut at = start + 1;
    while let Some(character) = characters.get(at) {
        let quote_follows = characters.get(at + 1) == Some(&'\'');
        match character {
            '\'' | '\\' if quote_follows => {
                text.push('\'');
                at += 2;
            }
            '\'' => return Ok((Token::Text(text), at + 1)),
            other => {
                text.push(*other);
                at += 1;
            }
        }
    }
    Err(SyntaxError::new(start, "the text is not closed; end it with '"))
}

fn quoted(characters: &[char], start: usize) -> Result<(Token, usize), SyntaxError> {
    let end = end_of(characters, start + 1, |c| c != '"');
    if end == characters.len() {
        return Err(SyntaxError::new(start, "the property name is not closed; end it with \""));
    }
    if end == start + 1 {
        return Err(SyntaxError::new(start, "a property name is empty"));
    }
    Ok((Token::Quoted(characters[start + 1..end].iter().collect()), end + 1))
}

fn is_number(characters: &[char], at: usize) -> bool {
    let digit = |at: usize| characters.get(at).is_some_and(char::is_ascii_digit);
    digit(at) || (characters[at] == '.' && digit(at + 1))
}

fn number(characters: &[char], start: usize) -> (Token, usize) {
    let digits = |from: usize| end_of(characters, from, |c| c.is_ascii_digit());
    let mut end = digits(start);
    if characters.get(end) == Some(&'.') {
        end = digits(end + 1);
    }
    if matches!(characters.get(end), Some('e' | 'E')) {
        let sign = usize::from(matches!(characters.get(end + 1), Some('+' | '-')));
        let exponent = digits(end + 1 + sign);
        if exponent > end + 1 + sign {
            end = exponent;
        }
    }
    (Token::Number(characters[start..end].iter().collect()), end)
}

fn symbol(characters: &[char], at: usize) -> Result<(Token, usize), SyntaxError> {
    let fits = |symbol: &&&str| {
        symbol.chars().enumerate().all(|(n, c)| characters.get(at + n) == Some(&c))
    };
    match SYMBOLS.iter().find(fits) {
        Some(symbol) => Ok((Token::Symbol(symbol), at + symbol.len())),
        None => Err(SyntaxError::new(at, format!("{:?} has no meaning here", characters[at]))),
    }
}

/// The rule `identifierStart` of Annex B.
fn starts_identifier(character: char) -> bool {
    matches!(character,
        ':' | '_' | 'A'..='Z' | 'a'..='z'
        | '\u{C0}'..='\u{D6}' | '\u{D8}'..='\u{F6}' | '\u{F8}'..='\u{2FF}'
        | '\u{370}'..='\u{37D}' | '\u{37F}'..='\u{1FFE}' | '\u{200C}'..='\u{200D}'
        | '\u{2070}'..='\u{218F}' | '\u{2C00}'..='\u{2FEF}' | '\u{3001}'..='\u{D7FF}'
        | '\u{F900}'..='\u{FDCF}' | '\u{FDF0}'..='\u{FFFD}' | '\u{10000}'..='\u{EFFFF}')
}

/// The rule `identifierPart` of Annex B.
fn continues_identifier(character: char) -> bool {
    starts_identifier(character) && !character.is_whitespace()
        || matches!(character, '.' | '0'..='9' | '\u{300}'..='\u{36F}' | '\u{203F}'..='\u{2040}')
}

/// Whether a property of this name can be written without quotes.
pub(crate) fn is_plain_identifier(name: &str) -> bool {
    const KEYWORDS: &[&str] =
        &["and", "or", "not", "like", "between", "in", "is", "null", "true", "false", "div"];
    let mut characters = name.chars();
    characters.next().is_some_and(|c| starts_identifier(c) && !c.is_whitespace())
        && characters.all(continues_identifier)
        && !KEYWORDS.iter().any(|word| word.eq_ignore_ascii_case(name))
}
