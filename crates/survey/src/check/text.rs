//! Likeness of words, and what was probably meant.

use chrono::NaiveDate;
use serde_json::Value;

use crate::limits;

/// Abbreviations and other words that stand for a code. They are suggested, never applied.
const SYNONYMS: &[(&str, &str)] = &[
    ("sha", "suspected"),
    ("suspected_hazardous_area", "suspected"),
    ("cha", "confirmed"),
    ("confirmed_hazardous_area", "confirmed"),
    ("cancellation", "cancelled"),
    ("canceled", "cancelled"),
    ("discredited", "cancelled"),
    ("reduction", "reduced"),
    ("clearance", "cleared"),
    ("clear", "cleared"),
    ("active", "open"),
    ("in_progress", "worked_on"),
    ("in_progress", "ongoing"),
    ("nts", "non_technical_survey"),
    ("ts", "technical_survey"),
    ("cl", "clearance"),
    ("bac", "subsurface_battle_area_clearance"),
    ("eod", "spot_task"),
    ("eod_spot_task", "spot_task"),
    ("ap", "anti_personnel_mine"),
    ("apm", "anti_personnel_mine"),
    ("ap_mine", "anti_personnel_mine"),
    ("at", "anti_vehicle_mine"),
    ("av", "anti_vehicle_mine"),
    ("avm", "anti_vehicle_mine"),
    ("at_mine", "anti_vehicle_mine"),
    ("anti_tank_mine", "anti_vehicle_mine"),
    ("cluster", "cluster_munition"),
    ("cmr", "cluster_munition"),
    ("uxo", "unexploded_ordnance"),
    ("axo", "abandoned_ordnance"),
    ("ied", "improvised_explosive_device"),
    ("saa", "small_arms_ammunition"),
    ("mds", "dog"),
    ("mdd", "dog"),
    ("dogs", "dog"),
    ("machine", "mechanical"),
    ("uav", "drone"),
    ("f", "female"),
    ("m", "male"),
    ("none", "unknown"),
    ("n_a", "unknown"),
    ("na", "unknown"),
];

/// A word reduced to what makes it a code: small letters, digits and single underscores.
fn simplified(word: &str) -> String {
    let mut out = String::with_capacity(word.len());
    for c in word.trim().chars() {
        if c.is_alphanumeric() {
            out.extend(c.to_lowercase());
        } else if !out.ends_with('_') && !out.is_empty() {
            out.push('_');
        }
    }
    out.truncate(out.trim_end_matches('_').len());
    out
}

/// The word of a list that was probably meant: the same but for case and blanks, a synonym, or
/// the only nearest by few letters.
pub(crate) fn nearest<'a>(word: &str, list: &[&'a str]) -> Option<&'a str> {
    let word = simplified(word);
    if word.is_empty() || word.len() > limits::MAX_NAME {
        return None;
    }
    let same = list.iter().find(|known| **known == word);
    let synonym = || {
        let mut meant = SYNONYMS.iter().filter(|(from, _)| *from == word).map(|(_, to)| *to);
        meant.find_map(|to| list.iter().find(|known| **known == to))
    };
    same.or_else(synonym).copied().or_else(|| nearest_by_letters(&word, list))
}

/// The only word of a list within a third of its letters, at most three, of a word.
fn nearest_by_letters<'a>(word: &str, list: &[&'a str]) -> Option<&'a str> {
    let mut ranked: Vec<_> = list.iter().map(|known| (distance(word, known), *known)).collect();
    ranked.sort_unstable();
    let (best, known) = *ranked.first()?;
    let alone = ranked.get(1).is_none_or(|(second, _)| *second > best);
    let allowed = (known.chars().count() / 3).min(3);
    (best <= allowed && alone).then_some(known)
}

/// The number of letters to insert, remove, replace or swap with their neighbour to get from one
/// word to the other (optimal string alignment).
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
    let mut before = vec![0; b.len() + 1];
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1; b.len() + 1];
        for j in 0..b.len() {
            let replaced = last[j] + usize::from(a[i] != b[j]);
            row[j + 1] = replaced.min(last[j + 1] + 1).min(row[j] + 1);
            let swapped = i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j];
            if swapped {
                row[j + 1] = row[j + 1].min(before[j - 1] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

/// The day a text in another notation can only mean.
///
/// `03/04/2021` is two days, depending on the country, and so it is none.
pub(crate) fn day_meant(text: &str) -> Option<NaiveDate> {
    let text = text.trim();
    let date = text.split(['T', ' ']).next().unwrap_or(text);
    let parts: Vec<&str> = date.split(['-', '/', '.']).collect();
    let number = |part: &str| part.parse::<u32>().ok();
    let make = |year: &str, month: u32, day: u32| {
        let year = (year.len() == 4).then(|| year.parse::<i32>().ok())??;
        NaiveDate::from_ymd_opt(year, month, day)
    };
    match parts.as_slice() {
        [compact] if compact.len() == 8 && compact.is_ascii() => {
            make(&compact[..4], number(&compact[4..6])?, number(&compact[6..])?)
        }
        [year, month, day] if year.len() == 4 => make(year, number(month)?, number(day)?),
        [first, second, year] => {
            let (a, b) = (number(first)?, number(second)?);
            match (a > 12, b > 12) {
                (true, false) => make(year, b, a),
                (false, true) => make(year, a, b),
                // With full stops the day comes first wherever they are used.
                (false, false) if date.contains('.') || a == b => make(year, b, a),
                _ => None,
            }
        }
        _ => None,
    }
}

/// The number a text can only mean.
pub(crate) fn number_meant(text: &str) -> Option<Value> {
    let text = text.trim();
    if let Ok(whole) = text.parse::<i64>() {
        return Some(Value::from(whole));
    }
    let number = text.parse::<f64>().ok().filter(|number| number.is_finite())?;
    serde_json::Number::from_f64(number).map(Value::Number)
}

/// A value as it is quoted in a message: JSON, cut short.
pub(crate) fn quoted(value: &Value) -> String {
    let text = match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(object) => format!("an object of {} properties", object.len()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    };
    shortened(&text)
}

/// A text of at most [`limits::MAX_QUOTE`] characters.
pub(crate) fn shortened(text: &str) -> String {
    match text.char_indices().nth(limits::MAX_QUOTE) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_recognised_by_case_blanks_synonym_and_letters() {
        let list = ["suspected", "confirmed"];
        for (word, meant) in [
            (" Suspected ", Some("suspected")),
            ("CHA", Some("confirmed")),
            ("comfirmed", Some("confirmed")),
            ("suspetced", Some("suspected")),
            ("probable", None),
            ("", None),
        ] {
            assert_eq!(nearest(word, &list), meant, "{word}");
        }
        assert_eq!(nearest("Non-technical  survey", &["non_technical_survey"]).unwrap().len(), 20);
    }

    #[test]
    fn two_words_equally_near_are_no_suggestion() {
        assert_eq!(nearest("bard", &["bird", "bart"]), None);
    }

    #[test]
    fn days_in_other_notations_are_understood_when_they_are_one_day() {
        let day = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        assert_eq!(day_meant("2021/03/04"), day(2021, 3, 4));
        assert_eq!(day_meant("2021-03-04T00:00:00Z"), day(2021, 3, 4));
        assert_eq!(day_meant("20210304"), day(2021, 3, 4));
        assert_eq!(day_meant("4.3.2021"), day(2021, 3, 4));
        assert_eq!(day_meant("25/03/2021"), day(2021, 3, 25));
        assert_eq!(day_meant("03/25/2021"), day(2021, 3, 25));
        for ambiguous in ["03/04/2021", "03/04/21", "yesterday", "", "2021", "2021-13-01", "ééééé"]
        {
            assert_eq!(day_meant(ambiguous), None, "{ambiguous}");
        }
    }

    #[test]
    fn long_values_are_quoted_short() {
        let text = quoted(&Value::from("ă".repeat(200)));
        assert!(text.chars().count() <= limits::MAX_QUOTE + 1);
    }
}
