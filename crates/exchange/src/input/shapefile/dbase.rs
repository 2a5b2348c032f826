//! The table beside the shapes: dBASE III.

use std::io::Read;

use encoding_rs::Encoding;
use serde_json::{Map, Value};

use super::super::{Stop, damaged};
use super::undeclared;

/// Encodings by the number in the header of a table (its "language driver").
const DRIVERS: &[(u8, &str)] = &[
    (0x03, "windows-1252"),
    (0x57, "windows-1252"),
    (0x26, "ibm866"),
    (0x65, "ibm866"),
    (0xC8, "windows-1250"),
    (0xC9, "windows-1251"),
    (0xCA, "windows-1254"),
    (0xCB, "windows-1253"),
    (0x4F, "big5"),
    (0x4D, "gbk"),
    (0x50, "windows-874"),
    (0x7C, "windows-874"),
    (0x7D, "windows-1255"),
    (0x7E, "windows-1256"),
    (0x13, "shift_jis"),
];

struct Field {
    name: String,
    kind: u8,
    bytes: usize,
}

/// The values of a row.
#[derive(Default)]
pub(super) struct Values {
    pub(super) id: Option<String>,
    pub(super) properties: Map<String, Value>,
    pub(super) is_deleted: bool,
}

/// A table that is read row by row.
pub(super) struct Table {
    body: Box<dyn Read>,
    fields: Vec<Field>,
    row_bytes: usize,
    rows_left: u32,
    encoding: Option<&'static Encoding>,
}

impl Table {
    /// Reads the heading; `declared` goes before the encoding the heading names.
    pub(super) fn open(
        mut body: Box<dyn Read>,
        declared: Option<&'static Encoding>,
    ) -> Result<Self, Stop> {
        let told = |error: std::io::Error| damaged("table (.dbf)", error);
        let mut head = [0; 32];
        body.read_exact(&mut head).map_err(told)?;
        let rows_left = u32::from_le_bytes([head[4], head[5], head[6], head[7]]);
        let head_bytes = usize::from(u16::from_le_bytes([head[8], head[9]]));
        let row_bytes = usize::from(u16::from_le_bytes([head[10], head[11]]));
        let driver = DRIVERS.iter().find(|(number, _)| *number == head[29]);
        let of_driver = driver.and_then(|(_, label)| Encoding::for_label(label.as_bytes()));
        let mut rest = vec![0; head_bytes.saturating_sub(32)];
        body.read_exact(&mut rest).map_err(told)?;
        let encoding = declared.or(of_driver);
        let mut fields = Vec::new();
        for one in rest.chunks_exact(32).take_while(|one| one[0] != 0x0D) {
            let name = one[..11].split(|byte| *byte == 0).next().unwrap_or_default();
            let name = decoded(name, encoding).trim().to_owned();
            fields.push(Field { name, kind: one[11], bytes: usize::from(one[16]) });
        }
        if 1 + fields.iter().map(|field| field.bytes).sum::<usize>() > row_bytes {
            return Err(damaged("table (.dbf)", "its fields are longer than its rows"));
        }
        Ok(Self { body, fields, row_bytes, rows_left, encoding })
    }

    /// The next row; none at the end.
    pub(super) fn row(&mut self) -> Result<Option<Values>, Stop> {
        if self.rows_left == 0 {
            return Ok(None);
        }
        self.rows_left -= 1;
        let mut row = vec![0; self.row_bytes];
        self.body.read_exact(&mut row).map_err(|error| damaged("table (.dbf)", error))?;
        let mut values = Values { is_deleted: row[0] == b'*', ..Values::default() };
        let mut begin = 1;
        for field in &self.fields {
            let cell = row.get(begin..begin + field.bytes).unwrap_or_default();
            begin += field.bytes;
            let value = value(field, cell, self.encoding);
            if value.is_null() {
                continue;
            }
            if field.name == "id" {
                values.id = Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned));
            } else {
                values.properties.insert(field.name.clone(), value);
            }
        }
        Ok(Some(values))
    }
}

fn decoded(bytes: &[u8], encoding: Option<&'static Encoding>) -> String {
    encoding.unwrap_or_else(|| undeclared(bytes)).decode_without_bom_handling(bytes).0.into_owned()
}

fn value(field: &Field, cell: &[u8], encoding: Option<&'static Encoding>) -> Value {
    let text = decoded(cell, encoding);
    let text = text.trim_matches([' ', '\0']);
    if text.is_empty() {
        return Value::Null;
    }
    match field.kind {
        b'L' => match text {
            "T" | "t" | "Y" | "y" => true.into(),
            "F" | "f" | "N" | "n" => false.into(),
            _ => Value::Null,
        },
        b'N' | b'F' => match (text.parse::<i64>(), text.parse::<f64>()) {
            (Ok(whole), _) => whole.into(),
            (_, Ok(number)) => number.into(),
            // Too wide for its field, or not known.
            _ if text.starts_with('*') => Value::Null,
            _ => text.into(),
        },
        b'D' if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}-{}-{}", &text[..4], &text[4..6], &text[6..]).into()
        }
        _ => text.into(),
    }
}
