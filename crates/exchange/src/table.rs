//! Tables as comma-separated values.

use std::io::{self, Write};

/// Writes a table as comma-separated values in UTF-8.
///
/// Cells hold text or numbers. A text that a spreadsheet would run as a formula, because it begins
/// with `=`, `+`, `-`, `@`, a tab or a line break, gets an apostrophe before it: what somebody
/// types into a form in the field must not run on the computer of who opens the report.
///
/// # Source
/// RFC 4180; OWASP, "CSV Injection".
///
/// # Examples
/// ```
/// use exchange::table::{Cell, TableWriter};
/// let mut table = TableWriter::new(Vec::new(), &["region", "cleared_m2"])?;
/// table.row(&[Cell::Text("=1+1"), Cell::Number(-12.5)])?;
/// assert_eq!(table.finish()?, b"region,cleared_m2\r\n'=1+1,-12.5\r\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct TableWriter<W: Write> {
    writer: csv::Writer<W>,
    columns: usize,
}

/// One cell of a table.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Cell<'a> {
    /// Nothing.
    Empty,
    /// Text from anywhere; guarded.
    Text(&'a str),
    /// A number in the shortest form that reads back as the same; nothing if it is not finite.
    Number(f64),
    /// A whole number.
    Integer(i64),
    /// Text of our own making, such as a date or a figure; written as it stands.
    Plain(&'a str),
}

/// Begins a file that a spreadsheet is to take for UTF-8.
pub const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

impl<W: Write> TableWriter<W> {
    /// Begins a table with the names of its columns.
    ///
    /// Where the file is for a spreadsheet, [`BYTE_ORDER_MARK`] may be written to `out` before.
    ///
    /// # Errors
    /// When `out` cannot be written to.
    pub fn new(out: W, columns: &[&str]) -> io::Result<Self> {
        let writer = csv::WriterBuilder::new()
            .terminator(csv::Terminator::CRLF)
            .flexible(true)
            .from_writer(out);
        let mut table = Self { writer, columns: columns.len() };
        let names: Vec<Cell<'_>> = columns.iter().map(|name| Cell::Text(name)).collect();
        table.row(&names)?;
        Ok(table)
    }

    /// Writes a row; cells that are missing at its end are empty.
    ///
    /// # Errors
    /// When `out` cannot be written to, or when there are more cells than columns.
    pub fn row(&mut self, cells: &[Cell<'_>]) -> io::Result<()> {
        if cells.len() > self.columns {
            let message = format!("{} cells in a table of {} columns", cells.len(), self.columns);
            return Err(io::Error::new(io::ErrorKind::InvalidInput, message));
        }
        for place in 0..self.columns {
            self.cell(cells.get(place).copied().unwrap_or(Cell::Empty))?;
        }
        self.writer.write_record(None::<&[u8]>)?;
        Ok(())
    }

    fn cell(&mut self, cell: Cell<'_>) -> io::Result<()> {
        match cell {
            Cell::Text(text) if is_formula(text) => {
                self.writer.write_field(format!("'{text}"))?;
            }
            Cell::Text(text) | Cell::Plain(text) => self.writer.write_field(text)?,
            Cell::Number(number) if number.is_finite() => {
                // Adding zero turns -0 into 0 and changes nothing else.
                self.writer.write_field((number + 0.0).to_string())?;
            }
            Cell::Empty | Cell::Number(_) => self.writer.write_field("")?,
            Cell::Integer(number) => self.writer.write_field(number.to_string())?,
        }
        Ok(())
    }

    /// Ends the table and returns what was written to.
    ///
    /// # Errors
    /// When the last bytes cannot be written.
    pub fn finish(self) -> io::Result<W> {
        self.writer.into_inner().map_err(csv::IntoInnerError::into_error)
    }
}

/// Makes a whole table of texts, where a text that is a number is taken for one.
///
/// # Errors
/// When a row has more cells than there are columns.
///
/// # Examples
/// ```
/// let rows = [vec!["Kampot".to_owned(), "-3.5".to_owned()]];
/// let table = exchange::table::to_csv(&["region", "adjusted_m2"], &rows)?;
/// assert_eq!(table, b"region,adjusted_m2\r\nKampot,-3.5\r\n");
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn to_csv(columns: &[&str], rows: &[Vec<String>]) -> io::Result<Vec<u8>> {
    let mut table = TableWriter::new(Vec::new(), columns)?;
    for row in rows {
        let cells: Vec<Cell<'_>> = row
            .iter()
            .map(|text| if is_number(text) { Cell::Plain(text) } else { Cell::Text(text) })
            .collect();
        table.row(&cells)?;
    }
    table.finish()
}

fn is_number(text: &str) -> bool {
    text.parse::<f64>().is_ok_and(f64::is_finite)
}

/// Whether a spreadsheet would run a text, blanks before it or not.
pub(crate) fn is_formula(text: &str) -> bool {
    text.starts_with(['\t', '\r', '\n'])
        || text.trim_start().starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠'])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn table(rows: &[&[Cell<'_>]]) -> String {
        let mut table = TableWriter::new(Vec::new(), &["a", "b"]).unwrap();
        for row in rows {
            table.row(row).unwrap();
        }
        String::from_utf8(table.finish().unwrap()).unwrap()
    }

    #[test]
    fn cells_are_quoted_where_needed() {
        let text = table(&[
            &[Cell::Text("x,\"y\""), Cell::Integer(-3)],
            &[Cell::Number(-0.0), Cell::Number(f64::NAN)],
            &[Cell::Plain("2024-01-02")],
            &[],
        ]);
        assert_eq!(text, "a,b\r\n\"x,\"\"y\"\"\",-3\r\n0,\r\n2024-01-02,\r\n,\r\n");
    }

    #[test]
    fn a_row_has_no_more_cells_than_the_table_has_columns() {
        let mut table = TableWriter::new(Vec::new(), &["a"]).unwrap();
        assert!(table.row(&[Cell::Empty, Cell::Empty]).is_err());
    }

    #[test]
    fn formulas_do_not_run() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "  =1", "＝1"] {
            let mut table = TableWriter::new(Vec::new(), &["a"]).unwrap();
            table.row(&[Cell::Text(text)]).unwrap();
            let out = table.finish().unwrap();
            let row = csv::Reader::from_reader(&out[..]).records().next().unwrap().unwrap();
            assert_eq!(&row[0], format!("'{text}"));
        }
    }

    proptest! {
        #[test]
        fn a_table_reads_back_as_written(cells in prop::collection::vec("\\PC{0,8}|[\",\r\n a]{0,4}", 1..9)) {
            let mut table = TableWriter::new(Vec::new(), &["a", "b"]).unwrap();
            for cell in &cells {
                table.row(&[Cell::Integer(1), Cell::Plain(cell)]).unwrap();
            }
            let out = table.finish().unwrap();
            let read: Vec<String> = csv::Reader::from_reader(&out[..]).records()
                .map(|row| row.unwrap()[1].to_owned()).collect();
            prop_assert_eq!(read, cells);
        }
    }
}
