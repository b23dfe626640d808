//! From bytes as they come to records as they stand in the file, each with where it stands.

use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use crate::invalid::Invalid;

/// Bytes that one record of a file may have: as many as the body of a request that makes one.
pub(super) const MAX_RECORD: usize = 1024 * 1024;
/// Columns of a table.
const MAX_CELLS: usize = 1_000;
const BOM: &[u8] = b"\xef\xbb\xbf";

/// One record of a file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Item {
    /// The line on which it begins; in an array, its place. From 1.
    pub(crate) line: u64,
    pub(crate) content: Content,
}

#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// What should be a JSON object.
    Json(Vec<u8>),
    /// Cells of a table.
    Cells(Vec<Vec<u8>>),
}

/// Takes a file apart. What it holds back never exceeds one record.
pub(crate) enum Splitter {
    Lines(Lines),
    Array(Array),
    Table(Box<Table>),
}

impl Splitter {
    pub(crate) fn lines() -> Self {
        Self::Lines(Lines { held: Vec::new(), line: 1 })
    }

    pub(super) fn array() -> Self {
        Self::Array(Array { held: Vec::new(), at: 1, state: State::Before, depth: 0, text: Text::Outside })
    }

    pub(super) fn table(delimiter: u8) -> Self {
        let reader = ReaderBuilder::new().delimiter(delimiter).build();
        Self::Table(Box::new(Table {
            reader,
            cells: vec![0; 4096],
            used: 0,
            ends: vec![0; 64],
            ended: 0,
            line: 1,
            start: 0,
        }))
    }

    /// Takes the next bytes, and adds the records that are complete.
    pub(crate) fn push(&mut self, bytes: &[u8], items: &mut Vec<Item>) -> Result<(), Invalid> {
        match self {
            Self::Lines(lines) => lines.push(bytes, items),
            Self::Array(array) => array.push(bytes, items),
            // No bytes are the end to this reader.
            Self::Table(_) if bytes.is_empty() => Ok(()),
            Self::Table(table) => table.push(bytes, items),
        }
    }

    /// Adds the record at the end.
    pub(crate) fn finish(&mut self, items: &mut Vec<Item>) -> Result<(), Invalid> {
        match self {
            Self::Lines(lines) => {
                lines.end_line(items);
                Ok(())
            }
            Self::Array(array) => array.finish(),
            Self::Table(table) => table.push(&[], items),
        }
    }
}

fn too_long(line: u64) -> Invalid {
    let message = format!("line {line} is longer than the {MAX_RECORD} bytes that a record may have");
    Invalid::one("", "line_too_long", message)
}

/// NDJSON. Empty lines are nothing.
pub(crate) struct Lines {
    held: Vec<u8>,
    line: u64,
}

impl Lines {
    fn push(&mut self, bytes: &[u8], items: &mut Vec<Item>) -> Result<(), Invalid> {
        for part in bytes.split_inclusive(|byte| *byte == b'\n') {
            if self.held.len() + part.len() > MAX_RECORD {
                return Err(too_long(self.line));
            }
            self.held.extend_from_slice(part);
            if part.ends_with(b"\n") {
                self.end_line(items);
            }
        }
        Ok(())
    }

    fn end_line(&mut self, items: &mut Vec<Item>) {
        let held = std::mem::take(&mut self.held);
        let text = if self.line == 1 { held.strip_prefix(BOM).unwrap_or(&held) } else { &held };
        let text = text.trim_ascii();
        if !text.is_empty() {
            items.push(Item { line: self.line, content: Content::Json(text.to_vec()) });
        }
        self.line += 1;
    }
}

/// A JSON array, of whose items only the ends are looked for.
pub(crate) struct Array {
    held: Vec<u8>,
    at: u64,
    state: State,
    depth: u32,
    text: Text,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    /// Before `[`.
    Before,
    /// After it, where an item or the end may come.
    First,
    /// After a comma, or in an item.
    Item,
    /// After `]`.
    After,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Text {
    Outside,
    Inside,
    Escaped,
}

impl Array {
    fn push(&mut self, bytes: &[u8], items: &mut Vec<Item>) -> Result<(), Invalid> {
        for &byte in bytes {
            match self.state {
                State::Before if byte == b'[' => self.state = State::First,
                State::Before if byte.is_ascii_whitespace() || BOM.contains(&byte) => {}
                State::After if byte.is_ascii_whitespace() => {}
                State::Before | State::After => return Err(no_array()),
                State::First if byte == b']' => self.state = State::After,
                State::First if byte.is_ascii_whitespace() => {}
                State::First | State::Item => {
                    self.state = State::Item;
                    self.within(byte, items)?;
                }
            }
        }
        Ok(())
    }

    /// A byte of an item, or one that ends it.
    fn within(&mut self, byte: u8, items: &mut Vec<Item>) -> Result<(), Invalid> {
        match (self.text, byte) {
            (Text::Inside, b'"') => self.text = Text::Outside,
            (Text::Inside, b'\\') => self.text = Text::Escaped,
            (Text::Outside, b'"') | (Text::Escaped, _) => self.text = Text::Inside,
            (Text::Outside, b'{' | b'[') => self.depth += 1,
            (Text::Outside, b',' | b']') if self.depth == 0 => {
                let text = std::mem::take(&mut self.held).trim_ascii().to_vec();
                items.push(Item { line: self.at, content: Content::Json(text) });
                self.at += 1;
                if byte == b']' {
                    self.state = State::After;
                }
                return Ok(());
            }
            (Text::Outside, b'}' | b']') => self.depth = self.depth.saturating_sub(1),
            (Text::Outside | Text::Inside, _) => {}
        }
        if self.held.len() == MAX_RECORD {
            return Err(too_long(self.at));
        }
        self.held.push(byte);
        Ok(())
    }

    fn finish(&self) -> Result<(), Invalid> {
        if self.state == State::After { Ok(()) } else { Err(no_array()) }
    }
}

fn no_array() -> Invalid {
    Invalid::one("", "malformed_json", "the file is no JSON array, or ends before its `]`")
}

/// RFC 4180, and what is close to it.
pub(crate) struct Table {
    reader: Reader,
    /// The cells of the record that is being read, one after another.
    cells: Vec<u8>,
    used: usize,
    /// Where each ends.
    ends: Vec<usize>,
    ended: usize,
    /// The line of the next byte.
    line: u64,
    /// The line on which the record begins; 0 before it does.
    start: u64,
}

impl Table {
    fn push(&mut self, mut bytes: &[u8], items: &mut Vec<Item>) -> Result<(), Invalid> {
        let end = bytes.is_empty();
        loop {
            if self.start == 0 {
                bytes = self.skip_ends(bytes);
                if bytes.is_empty() && !end {
                    return Ok(());
                }
                self.start = self.line;
            }
            let (Some(cells), Some(ends)) =
                (self.cells.get_mut(self.used..), self.ends.get_mut(self.ended..))
            else {
                return Ok(());
            };
            let (result, read, written, ended) = self.reader.read_record(bytes, cells, ends);
            let (taken, rest) = bytes.split_at_checked(read).unwrap_or((bytes, &[]));
            self.line += newlines(taken);
            bytes = rest;
            self.used += written;
            self.ended += ended;
            match result {
                ReadRecordResult::InputEmpty if end => {}
                ReadRecordResult::InputEmpty | ReadRecordResult::End => return Ok(()),
                ReadRecordResult::OutputFull => {
                    if self.cells.len() >= MAX_RECORD {
                        return Err(too_long(self.start));
                    }
                    self.cells.resize(self.cells.len() * 2, 0);
                }
                ReadRecordResult::OutputEndsFull => {
                    if self.ends.len() >= MAX_CELLS {
                        let message = format!("line {} has more than {MAX_CELLS} cells", self.start);
                        return Err(Invalid::one("", "too_many_cells", message));
                    }
                    self.ends.resize(self.ends.len() * 2, 0);
                }
                ReadRecordResult::Record => items.push(self.take()),
            }
        }
    }

    /// Passes over the ends of lines before a record: one belongs to the record before, and further ones to nothing.
    fn skip_ends<'b>(&mut self, bytes: &'b [u8]) -> &'b [u8] {
        let ends = bytes.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
        let (ends, rest) = bytes.split_at_checked(ends).unwrap_or((bytes, &[]));
        self.line += newlines(ends);
        rest
    }

    fn take(&mut self) -> Item {
        let mut from = 0;
        let ends = self.ends.iter().take(self.ended);
        let cells = ends.map(|&end| {
            let cell = self.cells.get(from..end).unwrap_or_default();
            // The reader passes over a mark that comes in one piece.
            let cell =
                if from == 0 && self.start == 1 { cell.strip_prefix(BOM).unwrap_or(cell) } else { cell };
            from = end;
            cell.to_vec()
        });
        let content = Content::Cells(cells.collect());
        let item = Item { line: self.start, content };
        (self.used, self.ended, self.start) = (0, 0, 0);
        item
    }
}

fn newlines(bytes: &[u8]) -> u64 {
    bytes.split(|byte| *byte == b'\n').skip(1).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same however the bytes come.
    fn split(make: fn() -> Splitter, text: &str) -> Result<Vec<Item>, Invalid> {
        let all = |size: usize| {
            let (mut splitter, mut items) = (make(), Vec::new());
            for part in text.as_bytes().chunks(size) {
                splitter.push(part, &mut items)?;
            }
            splitter.finish(&mut items).map(|()| items)
        };
        let whole = all(usize::MAX);
        for size in 1..8 {
            assert_eq!(all(size), whole, "{text:?} in pieces of {size}");
        }
        whole
    }

    fn json(line: u64, text: &str) -> Item {
        Item { line, content: Content::Json(text.into()) }
    }

    fn cells(line: u64, cells: &[&str]) -> Item {
        Item { line, content: Content::Cells(cells.iter().map(|cell| cell.as_bytes().to_vec()).collect()) }
    }

    #[test]
    fn lines_have_their_numbers() {
        let items = split(Splitter::lines, "\u{feff}{\"a\":1}\r\n\n  {}  \n{\"b\"").unwrap();
        assert_eq!(items, [json(1, "{\"a\":1}"), json(3, "{}"), json(4, "{\"b\"")]);
        assert_eq!(split(Splitter::lines, ""), Ok(Vec::new()));
    }

    #[test]
    fn an_array_is_its_items() {
        let items = split(Splitter::array, " [ {\"a\":\"]},\\\"\"} ,[1,[2]],\n3]\n").unwrap();
        assert_eq!(items, [json(1, "{\"a\":\"]},\\\"\"}"), json(2, "[1,[2]]"), json(3, "3")]);
        assert_eq!(split(Splitter::array, "[]"), Ok(Vec::new()));
        assert_eq!(split(Splitter::array, "[1,]").unwrap(), [json(1, "1"), json(2, "")]);
        for wrong in ["", "{}", "[", "[{}", "[{}] x"] {
            assert!(split(Splitter::array, wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_table_is_its_rows_and_they_stand_where_they_begin() {
        let text = "\u{feff}a,b\r\n\"1\n\"\"x\"\"\",2\n\n3\n4,5,\"6";
        let items = split(|| Splitter::table(b','), text).unwrap();
        let rows = [
            cells(1, &["a", "b"]),
            cells(2, &["1\n\"x\"", "2"]),
            cells(5, &["3"]),
            cells(6, &["4", "5", "6"]),
        ];
        assert_eq!(items, rows);
        let wide = "x;".repeat(200);
        assert_eq!(split(|| Splitter::table(b';'), &wide).unwrap().len(), 1);
    }

    #[test]
    fn a_record_has_a_bound() {
        let long = "x".repeat(MAX_RECORD + 1);
        for mut splitter in [Splitter::lines(), Splitter::array(), Splitter::table(b',')] {
            splitter.push(b"[", &mut Vec::new()).unwrap();
            let refused = splitter.push(long.as_bytes(), &mut Vec::new()).unwrap_err();
            assert_eq!(refused.details()[0].code, "line_too_long");
        }
    }
}
