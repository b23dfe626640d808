//! Arithmetic, texts joined by `+`, and conversions.
//!
//! As in CEL, numbers of two kinds do not mix and are converted by name. Decimals are ours: they take whole numbers and
//! what is written out, exactly.

use cel::common::ast::IdedExpr;

use super::literal::Literal;
use super::operand::Operand;
use super::{Checked, Checker};
use crate::expr::ir::{Conversion, MAX_SCALE, Operator, Scalar, Term};
use crate::expr::vocabulary::FieldKind;

/// A side of an operation.
enum Number {
    Int(Term),
    Float(Term),
    Decimal(Term),
    /// A constant with a point: a decimal beside decimals, else a double.
    Written(f64),
}

impl Checker<'_> {
    /// `left + right` and its like.
    pub(super) fn arithmetic(
        &self,
        node: &IdedExpr,
        operator: Operator,
        (left, right): (&IdedExpr, &IdedExpr),
    ) -> Checked<Operand> {
        self.binary(node, self.operand(left)?, self.operand(right)?, &|a, b| {
            let temporal = is_temporal(&a) || is_temporal(&b);
            match operator {
                Operator::Add | Operator::Subtract if temporal => {
                    self.sum(node, a, b, operator == Operator::Subtract)
                }
                Operator::Add if is_text(&a) || is_text(&b) => self.joined(node, a, b),
                _ => self.numbers(node, operator, self.number(node, a)?, self.number(node, b)?),
            }
        })
    }

    /// `-x`.
    pub(super) fn negated(&self, node: &IdedExpr, of: &IdedExpr) -> Checked<Operand> {
        self.operand(of)?.map(&|operand| {
            let number = self.number(node, operand)?;
            let zero = match number {
                Number::Int(_) | Number::Decimal(_) => Number::Int(Term::Literal(Scalar::Int(0))),
                Number::Float(_) | Number::Written(_) => Number::Written(0.0),
            };
            self.numbers(node, Operator::Subtract, zero, number)
        })
    }

    /// `int(x)`, `double(x)` and `string(x)`.
    pub(super) fn converted(
        &self,
        node: &IdedExpr,
        conversion: Conversion,
        of: &IdedExpr,
    ) -> Checked<Operand> {
        self.operand(of)?.map(&|operand| {
            let (term, kind) = match operand {
                Operand::Literal(literal) => match scalar(&literal) {
                    Some(scalar) => (Term::Literal(scalar.clone()), scalar.kind()),
                    None => return self.unconverted(of, conversion, &Operand::Literal(literal)),
                },
                Operand::Term(term, kind) => (term, kind),
                other => return self.unconverted(of, conversion, &other),
            };
            let converts = match conversion {
                Conversion::Int => {
                    kind.is_number()
                        || matches!(kind, FieldKind::Text | FieldKind::Date | FieldKind::DateTime)
                }
                Conversion::Float => kind.is_number() || kind == FieldKind::Text,
                Conversion::Text => kind != FieldKind::Json,
            };
            if !converts {
                return self.unconverted(of, conversion, &Operand::Term(term, kind));
            }
            self.compiled(node, Term::Converted(conversion, Box::new(term)))
        })
    }

    fn unconverted<T>(&self, node: &IdedExpr, conversion: Conversion, operand: &Operand) -> Checked<T> {
        let name = match conversion {
            Conversion::Int => "int()",
            Conversion::Float => "double()",
            Conversion::Text => "string()",
        };
        self.refuse(node, format!("{name} makes nothing of {}", operand.described()))
    }

    fn joined(&self, node: &IdedExpr, left: Operand, right: Operand) -> Checked<Operand> {
        let text = |operand| self.text(node, operand, "`+` beside a text").map(Box::new);
        Ok(Operand::Term(Term::Joined(text(left)?, text(right)?), FieldKind::Text))
    }

    fn number(&self, node: &IdedExpr, operand: Operand) -> Checked<Number> {
        match operand {
            Operand::Term(term, FieldKind::Int) => Ok(Number::Int(term)),
            Operand::Term(term, FieldKind::Float) => Ok(Number::Float(term)),
            Operand::Term(term, FieldKind::Decimal { .. }) => Ok(Number::Decimal(term)),
            Operand::Literal(Literal::Float(value)) => Ok(Number::Written(value)),
            Operand::Literal(Literal::Int(value)) => match i64::try_from(value) {
                Ok(value) => Ok(Number::Int(Term::Literal(Scalar::Int(value)))),
                Err(_) => self.refuse(node, format!("{value} is beyond 64 bits")),
            },
            other => self.refuse(node, format!("there is no arithmetic on {}", other.described())),
        }
    }

    fn numbers(&self, node: &IdedExpr, operator: Operator, left: Number, right: Number) -> Checked<Operand> {
        let (left, right) = match (left, right) {
            (Number::Int(left), Number::Int(right)) => (left, right),
            (Number::Float(_) | Number::Written(_), Number::Float(_) | Number::Written(_))
                if operator == Operator::Remainder =>
            {
                return self.refuse(node, "`%` is there for whole numbers");
            }
            (
                left @ (Number::Float(_) | Number::Written(_)),
                right @ (Number::Float(_) | Number::Written(_)),
            ) => (left.into_float(), right.into_float()),
            (Number::Decimal(_), Number::Float(_)) | (Number::Float(_), Number::Decimal(_)) => {
                let message = "a decimal and a float do not mix: write double(…) around the decimal";
                return self.refuse(node, message);
            }
            (left @ Number::Decimal(_), right) | (left, right @ Number::Decimal(_)) => {
                let sides = (self.decimal(node, left)?, self.decimal(node, right)?);
                return self.decimals(node, operator, sides);
            }
            (Number::Int(_), _) | (_, Number::Int(_)) => {
                let message = "a whole number and one with a point do not mix: write double(…) around the whole \
                               number, or the constant with or without a point as the field has it";
                return self.refuse(node, message);
            }
        };
        self.compiled(node, Term::Arithmetic(operator, Box::new(left), Box::new(right)))
    }

    fn decimals(&self, node: &IdedExpr, operator: Operator, (left, right): (Term, Term)) -> Checked<Operand> {
        let longer = left.scale().max(right.scale());
        let (left, right) = match operator {
            Operator::Add | Operator::Subtract => (left.scaled(longer), right.scaled(longer)),
            Operator::Multiply | Operator::Divide => (left, right),
            Operator::Remainder => return self.refuse(node, "`%` is there for whole numbers"),
        };
        let term = Term::Arithmetic(operator, Box::new(left), Box::new(right));
        if term.scale() > MAX_SCALE {
            let message =
                format!("this has {} digits after the point, and {MAX_SCALE} are the most", term.scale());
            return self.refuse(node, message);
        }
        self.compiled(node, term)
    }

    fn decimal(&self, node: &IdedExpr, number: Number) -> Checked<Term> {
        match number {
            Number::Decimal(term) => Ok(term),
            Number::Int(Term::Literal(Scalar::Int(value))) => Ok(Term::Decimal(value, 0)),
            Number::Int(term) | Number::Float(term) => Ok(term.scaled(0)),
            // The shortest text that reads back as this double: what the author wrote, or means the same.
            Number::Written(value) => match written(&value.to_string()) {
                Some((digits, scale)) => Ok(Term::Decimal(digits, scale)),
                None => self.refuse(node, format!("{value} has too many digits for a decimal")),
            },
        }
    }

    /// The term, which stands for a condition's SQL or in a computed field.
    fn compiled(&self, node: &IdedExpr, term: Term) -> Checked<Operand> {
        if term.is_uncompiled() && !self.vocabulary.is_computed() {
            let message = "filters and rules compute with whole numbers and, but for division, with decimals; anything \
                           else is for computed fields, because databases disagree about it";
            return self.refuse(node, message);
        }
        let kind = term.kind();
        Ok(Operand::Term(term, kind))
    }
}

impl Number {
    fn into_float(self) -> Term {
        match self {
            Self::Written(value) => Term::Literal(Scalar::Float(value)),
            Self::Int(term) | Self::Float(term) | Self::Decimal(term) => term,
        }
    }
}

fn is_text(operand: &Operand) -> bool {
    matches!(operand, Operand::Term(_, FieldKind::Text) | Operand::Literal(Literal::Text(_)))
}

fn is_temporal(operand: &Operand) -> bool {
    matches!(
        operand,
        Operand::Term(_, FieldKind::Date | FieldKind::DateTime)
            | Operand::Literal(Literal::Instant(_) | Literal::Duration(_))
            | Operand::Span(_)
    )
}

fn scalar(literal: &Literal) -> Option<Scalar> {
    match literal {
        Literal::Bool(value) => Some(Scalar::Bool(*value)),
        Literal::Int(value) => i64::try_from(*value).ok().map(Scalar::Int),
        Literal::Float(value) => Some(Scalar::Float(*value)),
        Literal::Text(text) => Some(Scalar::Text(text.clone())),
        Literal::Instant(instant) if instant.timestamp_subsec_nanos() % 1000 == 0 => {
            Some(Scalar::DateTime(*instant))
        }
        Literal::Instant(_) | Literal::Duration(_) | Literal::Null => None,
    }
}

/// The digits of a number that is written out, and how many of them stand after the point.
fn written(text: &str) -> Option<(i64, u32)> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let scale = u32::try_from(fraction.len()).ok().filter(|scale| *scale <= MAX_SCALE)?;
    Some((format!("{whole}{fraction}").parse().ok()?, scale))
}
