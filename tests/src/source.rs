//! Rust source taken apart just far enough to tell code, comments and string literals.
//!
//! A full parser would be exact about syntax and blind to comments; these tests ask about words.

/// One Rust file taken apart.
#[derive(Debug, Default)]
pub struct Source {
    /// The code alone: comments and the insides of literals are blank, line breaks stay.
    pub code: String,
    /// Each string literal without its quotes, with the line it begins on.
    pub strings: Vec<(usize, String)>,
    /// Each comment with its markers, with the line it begins on.
    pub comments: Vec<(usize, String)>,
}

impl Source {
    /// Takes a file apart.
    #[must_use]
    pub fn read(text: &str) -> Self {
        let mut reader = Reader { rest: text, line: 1, source: Self::default() };
        while !reader.rest.is_empty() {
            reader.step();
        }
        reader.source
    }

    /// Answers the lines whose code names `path` (`std::fs`), spelt out or in a `use` group.
    ///
    /// A longer name that contains it (`std::fs2`, `my_std::fs`) does not count.
    #[must_use]
    pub fn lines_naming(&self, path: &str) -> Vec<usize> {
        let (parent, name) = path.rsplit_once("::").unwrap_or(("", path));
        let mut lines = Vec::new();
        for (at, _) in self.code.match_indices(path) {
            if stands_alone(&self.code, at, path.len()) {
                lines.push(line_of(&self.code, at));
            }
        }
        if parent.is_empty() {
            return lines;
        }
        let group = format!("{parent}::{{");
        for (at, _) in self.code.match_indices(&group) {
            if !stands_alone(&self.code, at, parent.len()) {
                continue;
            }
            let members = group_members(&self.code[at + group.len()..]);
            if members.iter().any(|member| first_word(member) == name) {
                lines.push(line_of(&self.code, at));
            }
        }
        lines
    }

    /// Answers the names of the functions marked `#[test]`, and of those inside `proptest!` blocks.
    #[must_use]
    pub fn test_names(&self) -> Vec<String> {
        let mut names = Vec::new();
        for (at, marker) in self.code.match_indices("#[test]") {
            let after = &self.code[at + marker.len()..];
            if let Some((_, declaration)) = after.split_once("fn ") {
                names.push(first_word(declaration).to_owned());
            }
        }
        names
    }
}

struct Reader<'a> {
    rest: &'a str,
    line: usize,
    source: Source,
}

impl Reader<'_> {
    fn step(&mut self) {
        if self.rest.starts_with("//") {
            let end = self.rest.find('\n').unwrap_or(self.rest.len());
            self.comment(end);
        } else if self.rest.starts_with("/*") {
            self.comment(block_comment_length(self.rest));
        } else if let Some((open, close)) = raw_string_marks(self.rest) {
            let inside = &self.rest[open..];
            let length = inside.find(&close).unwrap_or(inside.len());
            self.string(open, length, close.len());
        } else if self.rest.starts_with('"') {
            let length = quoted_length(&self.rest[1..]);
            self.string(1, length, 1);
        } else if let Some(length) = character_length(self.rest) {
            self.blank(length);
        } else {
            self.code();
        }
    }

    /// Copies one character, or a whole word so that `r` and `b` inside one open no literal.
    fn code(&mut self) {
        let word = self.rest.find(|c: char| !is_word(c)).unwrap_or(self.rest.len());
        let length = word.max(self.rest.chars().next().map_or(0, char::len_utf8));
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.source.code.push_str(taken);
        self.rest = rest;
    }

    fn comment(&mut self, length: usize) {
        self.source.comments.push((self.line, self.rest[..length].to_owned()));
        self.blank(length);
    }

    fn string(&mut self, open: usize, length: usize, close: usize) {
        let inside = self.rest[open..open + length].to_owned();
        self.source.strings.push((self.line, inside));
        self.blank((open + length + close).min(self.rest.len()));
    }

    fn blank(&mut self, length: usize) {
        let (taken, rest) = self.rest.split_at(length);
        self.line += taken.matches('\n').count();
        self.source.code.extend(taken.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        self.rest = rest;
    }
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The length of a comment that may hold others, as Rust's do.
fn block_comment_length(text: &str) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if text[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

/// The length of the opening of a raw string here (`r#"`, `br"`), and what closes it.
fn raw_string_marks(text: &str) -> Option<(usize, String)> {
    let prefix = ["br", "cr", "r"].into_iter().find(|prefix| text.starts_with(prefix))?;
    let after = &text[prefix.len()..];
    let hashes = after.len() - after.trim_start_matches('#').len();
    after[hashes..].starts_with('"').then(|| {
        let open = prefix.len() + hashes + 1;
        (open, format!("\"{}", "#".repeat(hashes)))
    })
}

/// The length of what stands before the closing quote.
fn quoted_length(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal here; a lifetime is none.
fn character_length(text: &str) -> Option<usize> {
    let inside = text.strip_prefix('\'')?;
    if let Some(escape) = inside.strip_prefix('\\') {
        // The character after the backslash may itself be a quote.
        let skipped = escape.chars().next()?.len_utf8();
        return Some(2 + skipped + escape[skipped..].find('\'')? + 1);
    }
    let c = inside.chars().next()?;
    inside[c.len_utf8()..].starts_with('\'').then(|| 2 + c.len_utf8())
}

fn stands_alone(code: &str, at: usize, length: usize) -> bool {
    let before = code[..at].chars().next_back();
    let after = code[at + length..].chars().next();
    !before.is_some_and(|c| is_word(c) || c == ':') && !after.is_some_and(is_word)
}

fn line_of(code: &str, at: usize) -> usize {
    code[..at].matches('\n').count() + 1
}

/// The members of a `use` group, given what stands after its opening brace.
fn group_members(text: &str) -> Vec<&str> {
    let (mut depth, mut start, mut members) = (0_usize, 0, Vec::new());
    for (at, c) in text.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth > 0 => depth -= 1,
            ',' | '}' if depth == 0 => {
                members.push(text[start..at].trim());
                start = at + 1;
                if c == '}' {
                    break;
                }
            }
            _ => {}
        }
    }
    members
}

fn first_word(text: &str) -> &str {
    let text = text.trim_start();
    &text[..text.find(|c: char| !is_word(c)).unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_code_are_told_apart() {
        let source = Source::read(
            r##"let a = "one // not a comment \" still"; // two
/* three /* nested */ */ let b = r#"four "quoted" text"#; let c = '"'; let d: &'static str = b"five";"##,
        );
        let strings: Vec<&str> = source.strings.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(strings, [r#"one // not a comment \" still"#, r#"four "quoted" text"#, "five"]);
        let comments: Vec<_> =
            source.comments.iter().map(|(line, text)| (*line, &text[..])).collect();
        assert_eq!(comments, [(1, "// two"), (2, "/* three /* nested */ */")]);
        assert!(source.code.contains("let d: &'static str = b"));
        assert_eq!(source.code.matches('\n').count(), 1);
    }

    #[test]
    fn escaped_quotes_open_no_string() {
        let source = Source::read(r"let quote = '\''; let slash = '\\'; let word = bar;");
        assert!(source.strings.is_empty());
        assert!(source.code.contains("let word = bar;"));
    }

    #[test]
    fn a_path_is_found_spelt_out_and_in_a_group() {
        let source = Source::read(
            "use std::fs;\nuse std::{io, fs::File};\nuse std::fs2;\nuse my_std::fs;\n// std::fs\n",
        );
        assert_eq!(source.lines_naming("std::fs"), [1, 2]);
        assert_eq!(source.lines_naming("proj"), [0; 0]);
    }

    #[test]
    fn tests_are_found_by_their_mark() {
        let source = Source::read("#[test]\nfn one_holds() {}\nfn two() {}\n");
        assert_eq!(source.test_names(), ["one_holds"]);
    }
}
