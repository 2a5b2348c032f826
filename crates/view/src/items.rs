//! Records of a collection page by page, chosen and ordered.

use std::cmp::Ordering;
use std::hint::black_box;
use std::ops::ControlFlow;
use std::sync::Arc;

use cql2::{Filter, Row, Value};
use geometry::Bbox;
use survey::{Collection, Day, RecordId};

use crate::collection::Table;
use crate::record::Record;
use crate::row::RecordRow;
use crate::snapshot::Snapshot;

/// Which items are wanted.
#[derive(Clone, Debug, Default)]
pub struct ItemsQuery {
    /// Only those that have a position in common with this box.
    pub bbox: Option<Bbox>,
    /// Only those of which all of these are true.
    pub filters: Vec<Arc<Filter>>,
    /// Only those with one of these in a text, whatever the case; all when there are none.
    pub terms: Vec<String>,
    /// Only those that took effect from the first to the last of these days.
    pub days: Option<(Day, Day)>,
    /// What they are ordered by, before their id.
    pub order: Vec<SortKey>,
    /// At most so many.
    pub limit: usize,
    /// Only those behind this record, when ordered by id: the last of the page before.
    pub after: Option<RecordId>,
    /// Without the first so many.
    pub offset: usize,
}

/// A property that items are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SortKey {
    /// Its place among the properties of [`filter_schema`](crate::filter_schema).
    pub property: usize,
    /// Which way.
    pub direction: Direction,
}

/// Which way items are ordered. Those without a value come last either way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// The least first; texts by code point.
    Ascending,
    /// The greatest first.
    Descending,
}

/// A page of items.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ItemsPage {
    /// The items.
    pub items: Vec<Arc<Record>>,
    /// The last of them, when there are more behind it.
    pub next: Option<RecordId>,
}

/// How many items a query finds in all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Total {
    /// So many.
    Exactly(usize),
    /// It was given up before all were counted.
    Unknown,
}

/// Records looked at between two questions whether to go on counting.
const LOOKED_AT_ONCE: usize = 4_096;

/// A query ready to be held against records.
struct Wanted<'a> {
    query: &'a ItemsQuery,
    terms: Vec<String>,
    snapshot: &'a Snapshot,
    collection: &'a Collection,
}

impl Wanted<'_> {
    fn takes(&self, record: &Record) -> bool {
        let row = RecordRow::new(record, self.snapshot, self.collection);
        let is_of_days = |(from, to)| (from..=to).contains(&record.effective_on);
        self.query.days.is_none_or(is_of_days)
            && self.query.filters.iter().all(|filter| filter.matches(&row) == Some(true))
            && mentions(self.collection, &row, &self.terms)
    }

    /// Reads something of each record that will be held against the filters: without this, each
    /// would be waited for alone.
    fn fetch(&self, records: &[&Arc<Record>]) {
        let own = 1..=self.collection.queryables().len();
        let read = self.query.filters.iter().flat_map(|filter| filter.properties());
        for place in read.filter(|place| own.contains(place)) {
            for record in records {
                black_box(record.starts.len());
            }
            for record in records {
                let start = record.starts.get(place - 1).map_or(0, |start| *start as usize);
                black_box(record.properties.as_bytes().get(start).copied());
            }
        }
    }

    /// The first so many, in order of id.
    fn page(&self, table: &Table, limit: usize) -> Vec<Arc<Record>> {
        let wanted = |record: &Record| self.takes(record);
        if let Some(bbox) = &self.query.bbox {
            return table.page(bbox, &wanted, self.query.after, limit);
        }
        let mut page = Vec::new();
        let _full = table.look_through(self.query.after, &|next| self.fetch(next), |record| {
            if self.takes(record) {
                page.push(Arc::clone(record));
            }
            if page.len() < limit { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        });
        page
    }

    fn is_all(&self) -> bool {
        self.query.bbox.is_none()
            && self.query.days.is_none()
            && self.query.filters.is_empty()
            && self.terms.is_empty()
    }
}

/// Whether a text of a record has one of some terms in it, which are in small letters; always when
/// there are none.
pub(crate) fn mentions(collection: &Collection, row: &RecordRow<'_>, terms: &[String]) -> bool {
    let holds = |text: &str| {
        let text = text.to_lowercase();
        terms.iter().any(|term| text.contains(term.as_str()))
    };
    terms.is_empty()
        || (1..=collection.queryables().len()).any(|place| match row.value(place) {
            Value::Text(text) => holds(&text),
            Value::Array(several) => {
                several.iter().any(|one| matches!(one, Value::Text(text) if holds(text)))
            }
            _ => false,
        })
}

impl Snapshot {
    /// Records of a collection that are in force, page by page: in order of id, or as the query
    /// says.
    ///
    /// Unlocated records match a box by their caution area, and match every box if they have none.
    /// Page after page of one snapshot gives each record once; across snapshots, each record that
    /// was there all along.
    pub fn items(&self, collection: &Collection, query: &ItemsQuery) -> ItemsPage {
        let Some(table) = self.table(&collection.name) else { return ItemsPage::default() };
        let wanted = self.wanted(collection, query);
        let enough = query.offset.saturating_add(query.limit);
        let mut items = if query.order.is_empty() {
            wanted.page(table, enough.saturating_add(1))
        } else {
            self.in_order(table, &wanted, enough.saturating_add(1))
        };
        let more = items.len() > enough;
        items.truncate(enough);
        let next = if more { items.last().map(|record| record.id) } else { None };
        let items = items.split_off(query.offset.min(items.len()));
        ItemsPage { items, next: next.filter(|_| query.limit > 0) }
    }

    /// How many records a query finds, on whatever page; given up when `go_on` says so.
    pub fn total(
        &self,
        collection: &Collection,
        query: &ItemsQuery,
        go_on: &dyn Fn() -> bool,
    ) -> Total {
        let Some(table) = self.table(&collection.name) else { return Total::Exactly(0) };
        let wanted = self.wanted(collection, query);
        if wanted.is_all() {
            return Total::Exactly(table.in_force());
        }
        let (mut looked_at, mut found) = (0_usize, 0);
        let mut look = |record: &Arc<Record>| {
            looked_at += 1;
            if looked_at.is_multiple_of(LOOKED_AT_ONCE) && !go_on() {
                return ControlFlow::Break(());
            }
            found += usize::from(wanted.takes(record));
            ControlFlow::Continue(())
        };
        let outcome = match &query.bbox {
            None => table.look_through(None, &|next| wanted.fetch(next), look),
            Some(bbox) => table.all_meeting(Some(bbox)).try_for_each(|record| look(&record)),
        };
        if outcome.is_break() {
            return Total::Unknown;
        }
        Total::Exactly(found)
    }

    fn wanted<'a>(&'a self, collection: &'a Collection, query: &'a ItemsQuery) -> Wanted<'a> {
        let terms = query.terms.iter().map(|term| term.to_lowercase()).collect();
        Wanted { query, terms, snapshot: self, collection }
    }

    /// The first so many of the wanted records.
    fn in_order(&self, table: &Table, wanted: &Wanted<'_>, count: usize) -> Vec<Arc<Record>> {
        let query = wanted.query;
        let found: Vec<Arc<Record>> =
            table.all_meeting(query.bbox.as_ref()).filter(|record| wanted.takes(record)).collect();
        let rows: Vec<RecordRow<'_>> =
            found.iter().map(|record| RecordRow::new(record, self, wanted.collection)).collect();
        let mut keyed: Vec<(Vec<Value<'_>>, usize)> = rows
            .iter()
            .enumerate()
            .map(|(place, row)| {
                (query.order.iter().map(|key| row.value(key.property)).collect(), place)
            })
            .collect();
        let order = |(a, at): &(Vec<Value<'_>>, usize), (b, bt): &(Vec<Value<'_>>, usize)| {
            let mut keys = query.order.iter().zip(a.iter().zip(b));
            let by_keys = keys.find_map(|(key, (a, b))| {
                Some(compare(a, b, key.direction)).filter(|order| order.is_ne())
            });
            by_keys.unwrap_or_else(|| found[*at].id.cmp(&found[*bt].id))
        };
        if keyed.len() > count {
            keyed.select_nth_unstable_by(count, order);
            keyed.truncate(count);
        }
        keyed.sort_unstable_by(order);
        keyed.iter().map(|(_, place)| Arc::clone(&found[*place])).collect()
    }
}

fn compare(a: &Value<'_>, b: &Value<'_>, direction: Direction) -> Ordering {
    let order = match (a, b) {
        (Value::Null, Value::Null) => return Ordering::Equal,
        (Value::Null, _) => return Ordering::Greater,
        (_, Value::Null) => return Ordering::Less,
        (Value::Text(a), Value::Text(b)) => a.as_bytes().cmp(b.as_bytes()),
        (Value::Boolean(a), Value::Boolean(b)) => a.cmp(b),
        (Value::Date(a), Value::Date(b)) => a.cmp(b),
        (Value::Timestamp(a), Value::Timestamp(b)) => a.cmp(b),
        _ => match (number(a), number(b)) {
            (Some(a), Some(b)) => a.total_cmp(&b),
            _ => Ordering::Equal,
        },
    };
    match direction {
        Direction::Ascending => order,
        Direction::Descending => order.reverse(),
    }
}

fn number(value: &Value<'_>) -> Option<f64> {
    match value {
        Value::Integer(whole) => Some(*whole as f64),
        Value::Number(number) => Some(*number),
        _ => None,
    }
}
