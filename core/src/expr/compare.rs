//! Comparison: `==`, `!=`, `<` and its like, and `in`.

use cel::common::ast::{Expr, IdedExpr};

use super::check::{Checked, Checker, Operand};
use super::ir::{AuthTest, Cond, Order, Term};
use super::literal::{Literal, Placed, place, stored};
use super::vocabulary::FieldKind;

impl Checker<'_> {
    /// `left == right`.
    pub(super) fn equal(&self, node: &IdedExpr, left: &IdedExpr, right: &IdedExpr) -> Checked<Cond> {
        match (self.operand(left)?, self.operand(right)?) {
            (Operand::Literal(literal), other) => self.equals_literal(node, other, literal, left),
            (other, Operand::Literal(literal)) => self.equals_literal(node, other, literal, right),
            (Operand::Term(a, a_kind), Operand::Term(b, b_kind)) => {
                let (a, b) = self.alike(node, (a, a_kind), (b, b_kind))?;
                Ok(Cond::Equal(a, b))
            }
            (Operand::Cond(a), Operand::Cond(b)) => {
                Ok(Cond::SameTruth(Box::new(self.plain(left, a)?), Box::new(self.plain(right, b)?)))
            }
            (Operand::Cond(a), Operand::Term(Term::Column(b), FieldKind::Bool)) => {
                Ok(Cond::SameTruth(Box::new(self.plain(left, a)?), Box::new(Cond::Field(b))))
            }
            (Operand::Term(Term::Column(a), FieldKind::Bool), Operand::Cond(b)) => {
                Ok(Cond::SameTruth(Box::new(self.plain(right, b)?), Box::new(Cond::Field(a))))
            }
            (a, b) => self.mismatch(node, &a, &b),
        }
    }

    fn equals_literal(
        &self,
        node: &IdedExpr,
        other: Operand,
        literal: Literal,
        at: &IdedExpr,
    ) -> Checked<Cond> {
        match (other, literal) {
            (Operand::Actor, Literal::Null) => Ok(Cond::Auth(AuthTest::Anonymous)),
            (Operand::ActorKind, Literal::Text(kind)) => Ok(Cond::Auth(AuthTest::KindIn(vec![kind]))),
            (Operand::Term(Term::Column(column), _), Literal::Null) => Ok(Cond::IsNull(column)),
            (Operand::Term(..), Literal::Null) => self.refuse(at, "a size is never null"),
            (Operand::Cond(_), Literal::Null) => self.refuse(at, "a condition is never null"),
            (Operand::Cond(cond), Literal::Bool(value)) => Ok(self.plain(node, cond)?.negated_if(!value)),
            (Operand::Term(term, kind), literal) => {
                let placed = self.place(&term, kind, &literal, at)?;
                Ok(equal_placed(term, kind, placed))
            }
            (other, literal) => self.mismatch(node, &other, &Operand::Literal(literal)),
        }
    }

    /// A condition to be compared, whose NULL must mean an error and nothing else: a `?:` that yields a
    /// nullable field could mean either.
    fn plain(&self, node: &IdedExpr, cond: Cond) -> Checked<Cond> {
        match cond {
            Cond::If(..) => self.refuse(node, "`?:` cannot be compared; use it as a condition"),
            other => Ok(other),
        }
    }

    /// `left < right` and its like.
    pub(super) fn ordered(
        &self,
        node: &IdedExpr,
        left: &IdedExpr,
        order: Order,
        right: &IdedExpr,
    ) -> Checked<Cond> {
        match (self.operand(left)?, self.operand(right)?) {
            (Operand::Term(term, kind), Operand::Literal(literal)) => {
                self.ordered_literal(term, kind, order, &literal, right)
            }
            (Operand::Literal(literal), Operand::Term(term, kind)) => {
                self.ordered_literal(term, kind, order.flipped(), &literal, left)
            }
            (Operand::Term(a, a_kind), Operand::Term(b, b_kind)) => {
                if let Some(kind) = [a_kind, b_kind].into_iter().find(|kind| !has_order(*kind)) {
                    return self.refuse(node, format!("{} has no order", kind.described()));
                }
                let (a, b) = self.alike(node, (a, a_kind), (b, b_kind))?;
                Ok(Cond::Ordered(a, order, b))
            }
            (a, b) => self.mismatch(node, &a, &b),
        }
    }

    fn ordered_literal(
        &self,
        term: Term,
        kind: FieldKind,
        order: Order,
        literal: &Literal,
        at: &IdedExpr,
    ) -> Checked<Cond> {
        if !has_order(kind) {
            return self.refuse(at, format!("{} has no order; compare it with == or !=", kind.described()));
        }
        if *literal == Literal::Null {
            return self.refuse(at, "null has no order; compare it with == or !=");
        }
        match self.place(&term, kind, literal, at)? {
            Placed::Exact(scalar) => Ok(Cond::Ordered(term, order, Term::Literal(scalar))),
            Placed::Between { first, last } => Ok(ordered_between(term, kind, order, first, last)),
        }
    }

    /// `item in [a, b, …]`.
    pub(super) fn one_of(&self, node: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Checked<Cond> {
        let Expr::List(list) = &list.expr else {
            return self.refuse(list, "`in` takes a list of constants, as in `field in ['a', 'b']`");
        };
        let mut literals = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            match self.operand(element)? {
                Operand::Literal(literal) => literals.push((literal, element)),
                _ => return self.refuse(element, "a list may hold constants only"),
            }
        }
        match self.operand(item)? {
            Operand::Term(term, kind) => self.term_in(term, kind, literals),
            Operand::ActorKind => self.kind_in(literals),
            other => self.refuse(node, format!("{} cannot stand left of `in`", other.described())),
        }
    }

    fn term_in(&self, term: Term, kind: FieldKind, items: Vec<(Literal, &IdedExpr)>) -> Checked<Cond> {
        let mut scalars = Vec::with_capacity(items.len());
        let mut others = Vec::new();
        for (literal, at) in items {
            if literal == Literal::Null {
                match &term {
                    Term::Column(column) => others.push(Cond::IsNull(column.clone())),
                    _ => return self.refuse(at, "a size is never null"),
                }
                continue;
            }
            match self.place(&term, kind, &literal, at)? {
                Placed::Exact(scalar) => scalars.push(scalar),
                Placed::Between { first, last } if first == last => scalars.extend(stored(kind, first)),
                placed @ Placed::Between { .. } => others.push(equal_placed(term.clone(), kind, placed)),
            }
        }
        if !scalars.is_empty() {
            others.push(Cond::OneOf(term, scalars));
        } else if others.is_empty() {
            others.push(never_equal(term));
        }
        Ok(Cond::Any(others))
    }

    fn kind_in(&self, items: Vec<(Literal, &IdedExpr)>) -> Checked<Cond> {
        let mut kinds = Vec::with_capacity(items.len());
        for (literal, at) in items {
            match literal {
                Literal::Text(kind) => kinds.push(kind),
                other => return self.refuse(at, format!("`auth.kind` is text, not {}", other.described())),
            }
        }
        Ok(Cond::Auth(AuthTest::KindIn(kinds)))
    }

    fn place(&self, term: &Term, kind: FieldKind, literal: &Literal, at: &IdedExpr) -> Checked<Placed> {
        place(literal, kind).or_else(|reason| match term {
            Term::Column(column) => self.refuse(at, format!("`{}`: {reason}", column.name)),
            _ => self.refuse(at, reason),
        })
    }

    /// Both terms in one representation.
    fn alike(
        &self,
        node: &IdedExpr,
        (left, left_kind): (Term, FieldKind),
        (right, right_kind): (Term, FieldKind),
    ) -> Checked<(Term, Term)> {
        match (left_kind, right_kind) {
            (FieldKind::Json, _) | (_, FieldKind::Json) => {
                self.refuse(node, "JSON can be compared with null only")
            }
            (a, b) if a == b => Ok((left, right)),
            (FieldKind::Int, FieldKind::Float) => Ok((Term::AsFloat(Box::new(left)), right)),
            (FieldKind::Float, FieldKind::Int) => Ok((left, Term::AsFloat(Box::new(right)))),
            (a, b) if a.is_number() && b.is_number() => self
                .refuse(node, "a decimal can be compared with constants and decimals of the same scale only"),
            (a, b) => self.mismatch(node, &Operand::Term(left, a), &Operand::Term(right, b)),
        }
    }

    fn mismatch<T>(&self, node: &IdedExpr, left: &Operand, right: &Operand) -> Checked<T> {
        let message = format!("{} cannot be compared with {}", left.described(), right.described());
        self.refuse(node, message)
    }
}

fn has_order(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Bool | FieldKind::Json | FieldKind::Uuid)
}

/// Equal to nothing: false for a field, and for anything else false where it has a value.
fn never_equal(term: Term) -> Cond {
    if term.is_nullable() { Cond::Const(false) } else { Cond::Known(term, false) }
}

fn equal_placed(term: Term, kind: FieldKind, placed: Placed) -> Cond {
    let (first, last) = match placed {
        Placed::Exact(scalar) => return Cond::Equal(term, Term::Literal(scalar)),
        Placed::Between { first, last } => (first, last),
    };
    if first > last {
        return never_equal(term);
    }
    if first == last {
        let Some(scalar) = stored(kind, first) else { return never_equal(term) };
        return Cond::Equal(term, Term::Literal(scalar));
    }
    let nullable = term.is_nullable();
    let within = Cond::All(vec![
        ordered_between(term.clone(), kind, Order::GreaterOrEqual, first, last),
        ordered_between(term, kind, Order::LessOrEqual, first, last),
    ]);
    if nullable { Cond::Truth(Box::new(within)) } else { within }
}

/// An order against a literal equal to the integers `first..=last`. Outside what the column can store, the
/// answer is the same for every value.
fn ordered_between(term: Term, kind: FieldKind, order: Order, first: i128, last: i128) -> Cond {
    let bound = match order {
        Order::Less | Order::GreaterOrEqual => first,
        Order::LessOrEqual | Order::Greater => last,
    };
    match stored(kind, bound) {
        Some(scalar) => Cond::Ordered(term, order, Term::Literal(scalar)),
        None => Cond::Known(term, (bound > 0) == matches!(order, Order::Less | Order::LessOrEqual)),
    }
}
