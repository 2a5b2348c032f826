//! Names of columns where a format limits them or takes some for itself.

/// Makes names different from each other and from `taken`, whatever their case, and no longer than
/// `limit_bytes`, by numbers at their end.
pub(crate) fn unique(
    names: impl IntoIterator<Item = String>,
    taken: &[&str],
    limit_bytes: usize,
) -> Vec<String> {
    let mut used: Vec<String> = taken.iter().map(|name| name.to_lowercase()).collect();
    let mut made = Vec::new();
    for name in names {
        let mut candidate = cut(&name, limit_bytes).to_owned();
        let mut number = 1;
        while candidate.is_empty() || used.contains(&candidate.to_lowercase()) {
            let ending = format!("_{number}");
            candidate = format!("{}{ending}", cut(&name, limit_bytes - ending.len()));
            number += 1;
        }
        used.push(candidate.to_lowercase());
        made.push(candidate);
    }
    made
}

/// The beginning of a text that takes no more bytes than this, letters whole.
pub(crate) fn cut(text: &str, limit_bytes: usize) -> &str {
    let ends = text.char_indices().map(|(at, letter)| at + letter.len_utf8());
    &text[..ends.take_while(|end| *end <= limit_bytes).last().unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_are_cut_to_the_same_get_numbers() {
        let names = ["classification", "classificator", "ID", "", "ក្រុង"].map(str::to_owned);
        let made = unique(names, &["id"], 10);
        assert_eq!(made, ["classifica", "classifi_1", "ID_1", "_1", "ក្រ"]);
    }
}
