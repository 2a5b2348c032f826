//! A bound on lists: a row is put together in memory, and a few bytes may stand for many values.

use parquet::basic::Type as Stored;
use parquet::bloom_filter::Sbbf;
use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};
use parquet::file::metadata::RowGroupMetaData;
use parquet::file::reader::RowGroupReader;
use parquet::record::reader::RowIter;
use parquet::schema::types::Type;

/// Bytes that the lists of a column may come to in a group of rows.
const LIST_BYTES_MAX: usize = 512 * 1024 * 1024;

/// Bytes that a value takes besides its text.
const VALUE_BYTES: usize = 64;

/// A group of rows whose lists are bounded.
pub(super) struct Bounded<'g>(pub(super) Box<dyn RowGroupReader + 'g>);

impl RowGroupReader for Bounded<'_> {
    fn metadata(&self) -> &RowGroupMetaData {
        self.0.metadata()
    }

    fn num_columns(&self) -> usize {
        self.0.num_columns()
    }

    fn get_column_page_reader(&self, place: usize) -> Result<Box<dyn PageReader>> {
        let inner = self.0.get_column_page_reader(place)?;
        let column = self.metadata().column(place).column_descr();
        if column.max_rep_level() == 0 {
            return Ok(inner);
        }
        let texts = column.physical_type() == Stored::BYTE_ARRAY;
        Ok(Box::new(Pages { inner, texts, longest: 0, left: LIST_BYTES_MAX }))
    }

    fn get_column_bloom_filter(&self, place: usize) -> Option<&Sbbf> {
        self.0.get_column_bloom_filter(place)
    }

    fn get_row_iter(&self, projection: Option<Type>) -> Result<RowIter<'_>> {
        self.0.get_row_iter(projection)
    }
}

struct Pages {
    inner: Box<dyn PageReader>,
    texts: bool,
    /// Bytes of the longest text of the dictionary.
    longest: usize,
    left: usize,
}

impl PageReader for Pages {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.inner.get_next_page()?;
        match &page {
            Some(Page::DictionaryPage { buf, .. }) if self.texts => self.longest = longest(buf),
            Some(Page::DictionaryPage { .. }) | None => {}
            Some(page) => {
                let bytes = (page.num_values() as usize).saturating_mul(VALUE_BYTES + self.longest);
                self.left = self.left.checked_sub(bytes).ok_or_else(|| {
                    ParquetError::General("the lists of a column are too long".to_owned())
                })?;
            }
        }
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.inner.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.inner.skip_next_page()
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.inner.at_record_boundary()
    }
}

impl Iterator for Pages {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

/// Bytes of the longest of the texts of a dictionary, each of which begins with its length.
fn longest(mut texts: &[u8]) -> usize {
    let mut longest = 0;
    while let Some((length, rest)) = texts.split_first_chunk::<4>() {
        let length = u32::from_le_bytes(*length) as usize;
        longest = longest.max(length);
        texts = rest.get(length..).unwrap_or_default();
    }
    longest
}
