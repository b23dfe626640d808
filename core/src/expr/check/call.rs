//! Operators and functions.

use cel::common::ast::{CallExpr, IdedExpr, operators};

use super::literal::Literal;
use super::many::Quantifier;
use super::operand::{Choice, Operand};
use super::{Checked, Checker, time};
use crate::expr::ir::{Case, Cond, Conversion, Late, Operator, Order, Place, Scalar, Term};
use crate::expr::vocabulary::{FieldKind, nearest};

/// Functions, for the hint beside a name that is none.
const FUNCTIONS: [&str; 26] = [
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "lowerAscii",
    "upperAscii",
    "trim",
    "substring",
    "indexOf",
    "timestamp",
    "duration",
    "int",
    "double",
    "string",
    "has",
    "getFullYear",
    "getMonth",
    "getDayOfMonth",
    "getDate",
    "getDayOfWeek",
    "getHours",
    "getMinutes",
    "getSeconds",
    "exists",
    "all",
    "collection",
];
/// Code points of a text that `substring()` can count to: more than any text has, and few enough for a database.
const LONGEST: i64 = 1_000_000_000;

impl Checker<'_> {
    pub(super) fn call(&self, node: &IdedExpr, call: &CallExpr) -> Checked<Operand> {
        let name = call.func_name.as_str();
        if let Some(part) = time::clock_part(name) {
            return match (call.target.as_deref(), call.args.as_slice()) {
                (Some(instant), []) => self.clock(node, part, instant),
                _ => self.refuse(
                    node,
                    format!("{name}() is called on a time and takes nothing: it is read in UTC"),
                ),
            };
        }
        match (name, call.target.as_deref(), call.args.as_slice()) {
            (operators::LOGICAL_AND, None, [left, right]) => {
                Ok(Operand::Cond(Cond::All(vec![self.cond(left)?, self.cond(right)?])))
            }
            (operators::LOGICAL_OR, None, [left, right]) => {
                Ok(Operand::Cond(Cond::Any(vec![self.cond(left)?, self.cond(right)?])))
            }
            (operators::LOGICAL_NOT, None, [inner]) => Ok(Operand::Cond(self.cond(inner)?.negated())),
            (operators::CONDITIONAL, None, [test, yes, no]) => {
                let test = self.cond(test)?;
                let (yes, no) = (self.operand(yes)?, self.operand(no)?);
                Ok(Operand::Choice(Box::new(Choice { test, yes, no })))
            }
            (operators::EQUALS, None, [left, right]) => self.equal(node, left, right, false),
            (operators::NOT_EQUALS, None, [left, right]) => self.equal(node, left, right, true),
            (operators::LESS, None, [left, right]) => self.ordered(node, left, Order::Less, right),
            (operators::LESS_EQUALS, None, [left, right]) => {
                self.ordered(node, left, Order::LessOrEqual, right)
            }
            (operators::GREATER, None, [left, right]) => self.ordered(node, left, Order::Greater, right),
            (operators::GREATER_EQUALS, None, [left, right]) => {
                self.ordered(node, left, Order::GreaterOrEqual, right)
            }
            (operators::ADD, None, [left, right]) => self.arithmetic(node, Operator::Add, (left, right)),
            (operators::SUBSTRACT, None, [left, right]) => {
                self.arithmetic(node, Operator::Subtract, (left, right))
            }
            (operators::MULTIPLY, None, [left, right]) => {
                self.arithmetic(node, Operator::Multiply, (left, right))
            }
            (operators::DIVIDE, None, [left, right]) => {
                self.arithmetic(node, Operator::Divide, (left, right))
            }
            (operators::MODULO, None, [left, right]) => {
                self.arithmetic(node, Operator::Remainder, (left, right))
            }
            (operators::NEGATE, None, [of]) => self.negated(node, of),
            ("int", None, [of]) => self.converted(node, Conversion::Int, of),
            ("double", None, [of]) => self.converted(node, Conversion::Float, of),
            ("string", None, [of]) => self.converted(node, Conversion::Text, of),
            (operators::IN, None, [item, list]) => self.one_of(node, item, list),
            (operators::INDEX, None, [of, key]) => self.index(node, of, key),
            (operators::HAS, None, [of]) => self.has(node, of).map(Operand::Cond),
            ("size", None, [of]) | ("size", Some(of), []) => self.size(node, of),
            ("contains", Some(text), [part]) => self.text_at(node, Place::Anywhere, text, part),
            ("startsWith", Some(text), [part]) => self.text_at(node, Place::Start, text, part),
            ("endsWith", Some(text), [part]) => self.text_at(node, Place::End, text, part),
            ("lowerAscii", Some(text), []) => {
                self.text_to(text, "lowerAscii()", &|text| Term::Cased(Case::Lower, text))
            }
            ("upperAscii", Some(text), []) => {
                self.text_to(text, "upperAscii()", &|text| Term::Cased(Case::Upper, text))
            }
            ("trim", Some(text), []) => self.text_to(text, "trim()", &Term::Trimmed),
            ("substring", Some(text), [start]) => self.part_of(text, start, None),
            ("substring", Some(text), [start, end]) => self.part_of(text, start, Some(end)),
            ("indexOf", Some(text), [part]) => self.place_of(node, text, part),
            (operators::EXISTS, Some(of), [name, body]) => {
                self.quantified(node, Quantifier::Exists, of, (name, body))
            }
            (operators::ALL, Some(of), [name, body]) => {
                self.quantified(node, Quantifier::All, of, (name, body))
            }
            (name, ..) => self.refuse(node, unsupported(name)),
        }
    }

    fn size(&self, node: &IdedExpr, of: &IdedExpr) -> Checked<Operand> {
        self.operand(of)?.map(&|operand| match operand {
            Operand::List(list) => Ok(Operand::Term(Term::Count(list), FieldKind::Int)),
            Operand::Term(Term::Column(column), FieldKind::Json) => match self.list(node, &column)? {
                Some(list) => {
                    self.subquery(node, 1)?;
                    Ok(Operand::Term(Term::Length(list), FieldKind::Int))
                }
                None => self.refuse(of, format!("`{}` has no size that is known", column.written())),
            },
            Operand::Within(within) => {
                let message =
                    format!("`{}` may be a text or a list, so its size is not known", within.written());
                self.refuse(of, message)
            }
            Operand::Pointing(pointing) => {
                Ok(Operand::Term(Term::Length(self.list_of(of, *pointing)?), FieldKind::Int))
            }
            text => {
                let text = self.text(of, text, "size()")?;
                Ok(Operand::Term(Term::Size(Box::new(text)), FieldKind::Int))
            }
        })
    }

    fn text_at(&self, node: &IdedExpr, place: Place, text: &IdedExpr, part: &IdedExpr) -> Checked<Operand> {
        let what = match place {
            Place::Anywhere => "contains()",
            Place::Start => "startsWith()",
            Place::End => "endsWith()",
        };
        self.binary(node, self.operand(text)?, self.operand(part)?, &|left, right| {
            let (left, right) = (self.text(text, left, what)?, self.text(part, right, what)?);
            self.leaf(node, Cond::TextAt(place, left, right)).map(Operand::Cond)
        })
    }

    fn text_to(&self, of: &IdedExpr, what: &str, make: &dyn Fn(Box<Term>) -> Term) -> Checked<Operand> {
        self.operand(of)?
            .map(&|text| Ok(Operand::Term(make(Box::new(self.text(of, text, what)?)), FieldKind::Text)))
    }

    fn place_of(&self, node: &IdedExpr, text: &IdedExpr, part: &IdedExpr) -> Checked<Operand> {
        self.binary(node, self.operand(text)?, self.operand(part)?, &|left, right| {
            let (left, right) = (self.text(text, left, "indexOf()")?, self.text(part, right, "indexOf()")?);
            Ok(Operand::Term(Term::Place(Box::new(left), Box::new(right)), FieldKind::Int))
        })
    }

    fn part_of(&self, text: &IdedExpr, start: &IdedExpr, end: Option<&IdedExpr>) -> Checked<Operand> {
        let first = self.place_number(start)?;
        let last = end.map(|end| self.place_number(end)).transpose()?;
        if last.is_some_and(|last| last < first) {
            return self.refuse(start, "substring() ends before it begins, which is always an error");
        }
        self.text_to(text, "substring()", &|text| Term::Part(text, first, last))
    }

    fn place_number(&self, node: &IdedExpr) -> Checked<u32> {
        match self.operand(node)? {
            Operand::Literal(Literal::Int(place)) if (0..=i128::from(LONGEST)).contains(&place) => {
                Ok(u32::try_from(place).unwrap_or(u32::MAX))
            }
            _ => self.refuse(node, "substring() takes whole-number constants from 0 up"),
        }
    }

    /// An operand as text, for the function `what`.
    pub(super) fn text(&self, node: &IdedExpr, operand: Operand, what: &str) -> Checked<Term> {
        match operand {
            Operand::Term(term, FieldKind::Text) => Ok(term),
            Operand::Term(Term::Late(Late::Id), _) => Ok(Term::Late(Late::IdText)),
            Operand::Literal(Literal::Text(text)) => Ok(Term::Literal(Scalar::Text(text))),
            Operand::Claim(path) => Ok(Term::Late(Late::Claim(path, FieldKind::Text))),
            Operand::Within(within) => Ok(Term::Within(within, FieldKind::Text)),
            other => self.refuse(node, format!("{what} works on text, not on {}", other.described())),
        }
    }
}

fn unsupported(name: &str) -> String {
    match name {
        "matches" => {
            "matches() is not supported: the databases' regular expressions mean other things than CEL's; \
                      use startsWith(), endsWith(), contains() or a `select` field"
                .to_owned()
        }
        "timestamp" => {
            "timestamp() takes a text constant, as in timestamp('2020-01-31T00:00:00Z')".to_owned()
        }
        "duration" => "duration() takes a text constant, as in duration('1h30m')".to_owned(),
        "collection" => "collection() is asked with exists() or all()".to_owned(),
        operators::MAP | operators::FILTER | operators::EXISTS_ONE => {
            format!("{name}() is not supported; exists() and all() are, and size() of a whole list")
        }
        name if FUNCTIONS.contains(&name) => format!("{name}() is called with wrong arguments"),
        name => match nearest(name, FUNCTIONS.iter().copied()) {
            Some(near) => format!("{name}() is not supported; did you mean {near}()?"),
            None => format!("{name}() is not supported"),
        },
    }
}
