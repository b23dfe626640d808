//! In which order records are read.

use crate::collections::FieldType;
use crate::records::layout::Layout;
use crate::records::special::SCORE;

/// One term of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Term {
    pub(crate) by: By,
    pub(crate) descending: bool,
}

/// By what is ordered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    /// The column at that place.
    Column(usize),
    /// What is computed for the list.
    Score,
    /// Chance, anew with each request: such a list has one page.
    Random,
}

impl By {
    pub(in crate::records) const fn column(self) -> Option<usize> {
        match self {
            Self::Column(column) => Some(column),
            Self::Score | Self::Random => None,
        }
    }

    /// What its values are, and whether they can be null.
    pub(in crate::records) fn kind(self, layout: &Layout) -> Option<(&FieldType, bool)> {
        match self {
            Self::Column(column) => layout.columns.get(column).map(|column| (&column.kind, column.nullable)),
            Self::Score => Some((&SCORE, false)),
            Self::Random => None,
        }
    }
}
