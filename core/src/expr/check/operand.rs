//! What stands on one side of an operator.

use cel::common::ast::IdedExpr;

use super::literal::Literal;
use super::many::Pointing;
use super::{Checked, Checker};
use crate::expr::ir::{Cond, Late, LateList, Term, Within};
use crate::expr::vocabulary::FieldKind;

#[derive(Clone, Debug)]
pub(super) enum Operand {
    Literal(Literal),
    Term(Term, FieldKind),
    /// Microseconds between two instants.
    Span(Term),
    Cond(Cond),
    /// Something in `auth.claims`, of the type of what it is beside.
    Claim(Vec<String>),
    /// Something in a JSON document, of the type of what it is beside.
    Within(Box<Within>),
    List(LateList),
    /// Records that point to a record.
    Pointing(Box<Pointing>),
    /// `a ? b : c`, to be moved out of what it stands in.
    Choice(Box<Choice>),
    Root(Root),
}

#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) test: Cond,
    pub(super) yes: Operand,
    pub(super) no: Operand,
}

/// What has parts, and is no value itself.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Root {
    Record,
    Input,
    Auth,
    Claims,
    Request,
    Headers,
}

impl Root {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Record => "record",
            Self::Input => "input",
            Self::Auth => "auth",
            Self::Claims => "auth.claims",
            Self::Request => "request",
            Self::Headers => "request.headers",
        }
    }
}

impl Operand {
    pub(super) fn described(&self) -> String {
        match self {
            Self::Literal(literal) => literal.described().to_owned(),
            Self::Term(Term::Column(column), kind) => {
                format!("`{}` ({})", column.written(), kind.described())
            }
            Self::Term(Term::Late(late), kind) => format!("`{}` ({})", name_of(late), kind.described()),
            Self::Term(Term::Size(_) | Term::Count(_) | Term::Length(_), _) => "a size".to_owned(),
            Self::Term(_, kind) => kind.described().to_owned(),
            Self::Span(_) => "a duration".to_owned(),
            Self::Cond(_) => "a condition".to_owned(),
            Self::Claim(path) => format!("`auth.claims.{}`", path.join(".")),
            Self::Within(within) => format!("`{}` (of JSON)", within.written()),
            Self::List(LateList::Roles) => "`auth.roles` (a list)".to_owned(),
            Self::List(LateList::Claim(path)) => format!("`auth.claims.{}` (a list)", path.join(".")),
            Self::Pointing(pointing) => format!("`{}` (records that point to it)", pointing.written()),
            Self::Choice(_) => "`?:`".to_owned(),
            Self::Root(root) => format!("`{}`", root.name()),
        }
    }
}

impl Operand {
    /// What a function makes of it; where it is a `?:`, of either side.
    pub(super) fn map(self, function: Unary<'_>) -> Checked<Self> {
        match self {
            Self::Choice(choice) => {
                let Choice { test, yes, no } = *choice;
                let (yes, no) = (yes.map(function)?, no.map(function)?);
                Ok(Self::Choice(Box::new(Choice { test, yes, no })))
            }
            other => function(other),
        }
    }
}

pub(super) fn name_of(late: &Late) -> String {
    match late {
        Late::Kind => "auth.kind".to_owned(),
        Late::Id | Late::IdText => "auth.id".to_owned(),
        Late::Email => "auth.email".to_owned(),
        Late::Verified => "auth.verified".to_owned(),
        Late::Claim(path, _) => format!("auth.claims.{}", path.join(".")),
        Late::Method => "request.method".to_owned(),
        Late::Ip => "request.ip".to_owned(),
        Late::Time => "request.time".to_owned(),
        Late::Header(name) => format!("request.headers[\"{name}\"]"),
    }
}

/// A function of one operand.
type Unary<'f> = &'f dyn Fn(Operand) -> Checked<Operand>;
/// A function of two.
type Binary<'f> = &'f dyn Fn(Operand, Operand) -> Checked<Operand>;

impl Checker<'_> {
    /// What a function makes of two operands. `(a ? b : c) == d` is the same as `a ? b == d : c == d`, errors and all.
    pub(super) fn binary(
        &self,
        node: &IdedExpr,
        left: Operand,
        right: Operand,
        function: Binary<'_>,
    ) -> Checked<Operand> {
        match (left, right) {
            (Operand::Choice(choice), right) => {
                let Choice { test, yes, no } = *choice;
                self.leaf(node, Cond::Const(true))?;
                let yes = self.binary(node, yes, right.clone(), function)?;
                let no = self.binary(node, no, right, function)?;
                Ok(Operand::Choice(Box::new(Choice { test, yes, no })))
            }
            (left, Operand::Choice(choice)) => {
                let Choice { test, yes, no } = *choice;
                self.leaf(node, Cond::Const(true))?;
                let yes = self.binary(node, left.clone(), yes, function)?;
                let no = self.binary(node, left, no, function)?;
                Ok(Operand::Choice(Box::new(Choice { test, yes, no })))
            }
            (left, right) => function(left, right),
        }
    }
}
