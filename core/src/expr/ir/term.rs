//! Values: constants, fields, what is known of the request, and functions of these.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Cond, Conversion, Operator, Tie};
use crate::expr::vocabulary::FieldKind;
use crate::ids::CollectionId;

/// A value as the column of its kind stores it, before differences of dialect.
#[derive(Clone, PartialEq, Debug)]
pub enum Scalar {
    /// Text.
    Text(String),
    /// An integer, or a decimal's digits without the point.
    Int(i64),
    /// A float; never NaN.
    Float(f64),
    /// True or false.
    Bool(bool),
    /// A day.
    Date(NaiveDate),
    /// An instant, to the microsecond.
    DateTime(DateTime<Utc>),
    /// A UUID.
    Uuid(Uuid),
}

impl Scalar {
    pub(in crate::expr) const fn kind(&self) -> FieldKind {
        match self {
            Self::Text(_) => FieldKind::Text,
            Self::Int(_) => FieldKind::Int,
            Self::Float(_) => FieldKind::Float,
            Self::Bool(_) => FieldKind::Bool,
            Self::Date(_) => FieldKind::Date,
            Self::DateTime(_) => FieldKind::DateTime,
            Self::Uuid(_) => FieldKind::Uuid,
        }
    }
}

/// A row that fields are read from.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Hash, Debug)]
pub(in crate::expr) struct Row(pub(in crate::expr) u32);

impl Row {
    /// The record itself.
    pub(in crate::expr) const RECORD: Self = Self(0);
    /// The record as it is going to be: `input`.
    pub(in crate::expr) const INPUT: Self = Self(1);
    /// The first of those that `exists()` names.
    pub(in crate::expr) const FIRST_BOUND: Self = Self(2);
}

/// A table whose rows are records, and what these must meet to be seen.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) struct Table {
    pub(in crate::expr) collection: CollectionId,
    pub(in crate::expr) source: Arc<str>,
    pub(in crate::expr) guard: Option<Arc<Cond>>,
}

/// From a record to the one that a field of it points to.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) struct Step {
    pub(in crate::expr) field: String,
    /// What the field's column is called.
    pub(in crate::expr) stored: String,
    pub(in crate::expr) to: Table,
}

/// A field of a row, or of what is reached from it by relations. Where one of these is null, or points to what is not
/// seen, the field is null.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) struct Column {
    pub(in crate::expr) row: Row,
    pub(in crate::expr) path: Vec<Step>,
    pub(in crate::expr) name: String,
    /// What the field's column is called.
    pub(in crate::expr) stored: String,
    pub(in crate::expr) kind: FieldKind,
    /// Whether an index finds the one record that has a value of it.
    pub(in crate::expr) unique: bool,
}

impl Column {
    pub(in crate::expr) fn id(row: Row, path: Vec<Step>) -> Self {
        Self {
            row,
            path,
            name: "id".to_owned(),
            stored: "id".to_owned(),
            kind: FieldKind::Uuid,
            unique: true,
        }
    }

    /// The field that a step begins with, of the record that is reached so.
    pub(in crate::expr) fn first_of(step: &Step, row: Row, before: &[Step]) -> Self {
        let (name, stored) = (step.field.clone(), step.stored.clone());
        Self { row, path: before.to_vec(), name, stored, kind: FieldKind::Uuid, unique: false }
    }

    /// The id of the record that the field is of.
    pub(in crate::expr) fn owner(&self) -> Self {
        Self::id(self.row, self.path.clone())
    }

    /// As it is written.
    pub(in crate::expr) fn written(&self) -> String {
        let steps = self.path.iter().map(|step| step.field.as_str());
        steps.chain([self.name.as_str()]).collect::<Vec<_>>().join(".")
    }
}

/// What stands in a JSON document that a field holds, by the keys on the way. What is not there, at whatever depth, is as
/// good as null.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) struct Within {
    pub(in crate::expr) column: Column,
    /// One at least.
    pub(in crate::expr) keys: Vec<String>,
}

impl Within {
    /// As it is written.
    pub(in crate::expr) fn written(&self) -> String {
        format!("{}.{}", self.column.written(), self.keys.join("."))
    }
}

/// A list that a record holds. Null is as good as empty.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) enum List {
    /// Of the records that are linked to the one of that id.
    Links { owner: Column, links: Arc<str> },
    /// Of the records that are tied to the one of that id, as far as they are seen.
    Pointing(Box<Pointing>),
    /// Of texts, as JSON.
    Texts(Column),
}

/// Records that point to one.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) struct Pointing {
    /// The id of that one.
    pub(in crate::expr) owner: Column,
    pub(in crate::expr) table: Table,
    pub(in crate::expr) tie: Tie,
}

impl List {
    pub(in crate::expr) fn column(&self) -> &Column {
        match self {
            Self::Links { owner, .. } => owner,
            Self::Pointing(pointing) => &pointing.owner,
            Self::Texts(column) => column,
        }
    }
}

/// What is known of the caller and the request, and only once there is one. None of it is ever a null value: what
/// is missing is an error.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) enum Late {
    Kind,
    Id,
    /// The same as text, for comparison with text.
    IdText,
    Email,
    Verified,
    /// By its path, as the kind that it is compared with; an error where it is something else.
    Claim(Vec<String>, FieldKind),
    Method,
    Ip,
    Time,
    /// By its name in lower case.
    Header(String),
}

impl Late {
    pub(in crate::expr) const fn kind(&self) -> FieldKind {
        match self {
            Self::Kind | Self::IdText | Self::Email | Self::Method | Self::Ip | Self::Header(_) => {
                FieldKind::Text
            }
            Self::Id => FieldKind::Uuid,
            Self::Verified => FieldKind::Bool,
            Self::Time => FieldKind::DateTime,
            Self::Claim(_, kind) => *kind,
        }
    }
}

/// A list of texts that is known only once there is a request.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) enum LateList {
    Roles,
    Claim(Vec<String>),
}

/// Which letters become which; others stay.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::expr) enum Case {
    Lower,
    Upper,
}

/// What can be read off an instant, in UTC.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::expr) enum ClockPart {
    Year,
    /// From 0.
    Month,
    /// From 0.
    DayOfMonth,
    /// From 1.
    Date,
    /// From 0, which is Sunday.
    DayOfWeek,
    /// From 0.
    DayOfYear,
    Hours,
    Minutes,
    Seconds,
    Milliseconds,
}

/// A value. NULL is a null value where it is a [`Term::Column`] or [`Term::Within`], and an error everywhere else.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::expr) enum Term {
    Literal(Scalar),
    Column(Column),
    /// As the kind that it is compared with (text, float or boolean); null where it is something else.
    Within(Box<Within>, FieldKind),
    Late(Late),
    /// An integer, read as the nearest float.
    AsFloat(Box<Term>),
    /// Code points of a text.
    Size(Box<Term>),
    /// Items of a list known late.
    Count(LateList),
    /// Items of a list that a record holds.
    Length(List),
    Cased(Case, Box<Term>),
    /// Without white space at both ends.
    Trimmed(Box<Term>),
    /// Code points from the first place up to the second; an error where the text is shorter.
    Part(Box<Term>, u32, Option<u32>),
    /// The place of the second text in the first, in code points; -1 where it is not in it.
    Place(Box<Term>, Box<Term>),
    /// The instant at which a day begins in UTC.
    Midnight(Box<Term>),
    /// An instant moved by microseconds; an error outside the years 1 to 9999.
    Moved(Box<Term>, i64),
    /// Microseconds from the second instant to the first; an error where nanoseconds would not fit 64 bits.
    Between(Box<Term>, Box<Term>),
    Clock(ClockPart, Box<Term>),
    Arithmetic(Operator, Box<Term>, Box<Term>),
    /// A decimal that is written out: its digits without the point, and how many of them stand after it.
    Decimal(i64, u32),
    /// An integer or a decimal, as a decimal with so many digits after the point; digits that are too many are rounded,
    /// half away from zero.
    Scaled(Box<Term>, u32),
    /// Two texts, one after the other.
    Joined(Box<Term>, Box<Term>),
    Converted(Conversion, Box<Term>),
}

impl Term {
    pub(in crate::expr) fn kind(&self) -> FieldKind {
        match self {
            Self::Literal(scalar) => scalar.kind(),
            Self::Column(column) => column.kind,
            Self::Within(_, kind) => *kind,
            Self::Late(late) => late.kind(),
            Self::AsFloat(_) => FieldKind::Float,
            Self::Size(_)
            | Self::Count(_)
            | Self::Length(_)
            | Self::Place(..)
            | Self::Between(..)
            | Self::Clock(..) => FieldKind::Int,
            Self::Cased(..) | Self::Trimmed(_) | Self::Part(..) | Self::Joined(..) => FieldKind::Text,
            Self::Midnight(_) | Self::Moved(..) => FieldKind::DateTime,
            Self::Arithmetic(operator, left, right) => operator.kind(left, right),
            Self::Decimal(_, scale) | Self::Scaled(_, scale) => FieldKind::Decimal { scale: *scale },
            Self::Converted(conversion, _) => conversion.kind(),
        }
    }

    /// Whether null is one of its values.
    pub(in crate::expr) fn is_nullable(&self) -> bool {
        match self {
            Self::Column(_) | Self::Within(..) => true,
            // Of a null field it is null, and the other side is no error either: the float is a mere view.
            Self::AsFloat(inner) | Self::Midnight(inner) => inner.is_nullable(),
            _ => false,
        }
    }

    /// Whether NULL of it means an error.
    pub(in crate::expr) fn can_fail(&self) -> bool {
        !self.is_nullable() && !matches!(self, Self::Literal(_) | Self::Decimal(..) | Self::Length(_))
    }

    /// Calls `visit` with every column read.
    pub(in crate::expr) fn each_column(&self, visit: &mut dyn FnMut(&Column)) {
        match self {
            Self::Column(column) => visit(column),
            Self::Within(within, _) => visit(&within.column),
            Self::Length(list) => visit(list.column()),
            Self::Literal(_) | Self::Decimal(..) | Self::Late(_) | Self::Count(_) => {}
            Self::AsFloat(inner)
            | Self::Size(inner)
            | Self::Cased(_, inner)
            | Self::Trimmed(inner)
            | Self::Part(inner, ..)
            | Self::Midnight(inner)
            | Self::Moved(inner, _)
            | Self::Clock(_, inner)
            | Self::Scaled(inner, _)
            | Self::Converted(_, inner) => inner.each_column(visit),
            Self::Place(left, right)
            | Self::Between(left, right)
            | Self::Joined(left, right)
            | Self::Arithmetic(_, left, right) => {
                left.each_column(visit);
                right.each_column(visit);
            }
        }
    }

    /// Whether it reads no field, so that it is known once there is a request.
    pub(in crate::expr) fn is_late(&self) -> bool {
        let mut late = true;
        self.each_column(&mut |_| late = false);
        late && !matches!(self, Self::Literal(_) | Self::Decimal(..))
    }
}
