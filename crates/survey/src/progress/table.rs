//! The answer as JSON and as a table.

use serde_json::{Map, Value, json};

use super::{Figures, Progress};

impl Progress {
    /// The answer as JSON; `revision` is that of the records it was made from.
    pub fn document(&self, revision: u64) -> Value {
        let figures = |figures: &Figures| -> Map<String, Value> {
            figures.columns().into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
        };
        let rows: Vec<Value> = self
            .rows
            .iter()
            .map(|row| {
                let mut object = Map::new();
                for (key, value) in self.group_by.iter().zip(&row.keys) {
                    object.insert(key.word().to_owned(), json!(value));
                }
                object.extend(figures(&row.figures));
                Value::Object(object)
            })
            .collect();
        json!({
            "revision": revision,
            "group_by": self.group_by.iter().map(|key| key.word()).collect::<Vec<_>>(),
            "rows": rows,
            "total": figures(&self.total),
        })
    }

    /// Headings for a table: the group keys, then the columns.
    pub fn headings(&self) -> Vec<&'static str> {
        let keys = self.group_by.iter().map(|key| key.word());
        keys.chain(self.total.columns().into_iter().map(|(name, _)| name)).collect()
    }

    /// Cells for a table, the total as last row.
    pub fn cells(&self) -> Vec<Vec<String>> {
        let cell = |value: Value| match value {
            Value::Null => String::new(),
            other => other.to_string(),
        };
        let figures =
            |figures: &Figures| figures.columns().into_iter().map(move |(_, value)| cell(value));
        let rows = self.rows.iter().map(|row| {
            let keys = row.keys.iter().map(|key| key.clone().unwrap_or_default());
            keys.chain(figures(&row.figures)).collect::<Vec<_>>()
        });
        let total = self.group_by.iter().enumerate().map(|(place, _)| match place {
            0 => "total".to_owned(),
            _ => String::new(),
        });
        rows.chain([total.chain(figures(&self.total)).collect()]).collect()
    }
}
