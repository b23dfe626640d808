//! Comparison: `==`, `!=` and `in`.

use cel::common::ast::{Expr, IdedExpr, ListExpr};

use super::literal::{Literal, Placed, stored};
use super::operand::Operand;
use super::order::ordered_between;
use super::{Checked, Checker, constant, within};
use crate::expr::ir::{Cond, Late, LateList, Order, Term, Within};
use crate::expr::vocabulary::FieldKind;

impl Checker<'_> {
    /// `left == right`, or with `negated` `left != right`.
    pub(super) fn equal(
        &self,
        node: &IdedExpr,
        left: &IdedExpr,
        right: &IdedExpr,
        negated: bool,
    ) -> Checked<Operand> {
        self.binary(node, self.operand(left)?, self.operand(right)?, &|a, b| {
            let cond = self.equal_operands(node, (a, left), (b, right))?;
            self.leaf(node, cond).map(|cond| Operand::Cond(cond.negated_if(negated)))
        })
    }

    pub(super) fn equal_operands(
        &self,
        node: &IdedExpr,
        (left, left_at): (Operand, &IdedExpr),
        (right, right_at): (Operand, &IdedExpr),
    ) -> Checked<Cond> {
        match (left, right) {
            (Operand::Literal(a), Operand::Literal(b)) => {
                self.folded.set(true);
                match constant::equal(&a, &b) {
                    Some(equal) => Ok(Cond::Const(equal)),
                    None => self.mismatch(node, &Operand::Literal(a), &Operand::Literal(b)),
                }
            }
            (Operand::Literal(literal), other) => self.equals_literal(node, other, literal, left_at),
            (other, Operand::Literal(literal)) => self.equals_literal(node, other, literal, right_at),
            (Operand::Cond(a), Operand::Cond(b)) => Ok(same_truth(a, b)),
            (Operand::Cond(a), Operand::Term(b, FieldKind::Bool)) => Ok(same_truth(a, Cond::Holds(b))),
            (Operand::Term(a, FieldKind::Bool), Operand::Cond(b)) => Ok(same_truth(b, Cond::Holds(a))),
            (Operand::Cond(cond), Operand::Within(within))
            | (Operand::Within(within), Operand::Cond(cond)) => {
                Ok(same_truth(cond, Cond::Holds(Term::Within(within, FieldKind::Bool))))
            }
            (Operand::Span(a), Operand::Span(b)) => Ok(Cond::Equal(a, b)),
            (a, b) => {
                let (a, b) = self.terms(node, a, b)?;
                let (a, b) = self.alike(node, a, b)?;
                Ok(within::equal(a, b))
            }
        }
    }

    fn equals_literal(
        &self,
        node: &IdedExpr,
        other: Operand,
        literal: Literal,
        at: &IdedExpr,
    ) -> Checked<Cond> {
        use super::operand::Root;
        match (other, literal) {
            (Operand::Root(Root::Auth), Literal::Null) => Ok(Cond::Anonymous),
            (Operand::Term(Term::Column(column), _), Literal::Null) => Ok(Cond::IsNull(column)),
            (Operand::Within(within), Literal::Null) => Ok(Cond::Absent(within)),
            (Operand::Claim(_) | Operand::Term(Term::Late(_), _), Literal::Null) => {
                self.refuse(at, "what is known of the request is never null; ask with has()")
            }
            (Operand::Term(..) | Operand::Span(_), Literal::Null) => {
                self.refuse(at, "this is never null: of null it would be an error")
            }
            (Operand::Cond(_), Literal::Null) => self.refuse(at, "a condition is never null"),
            (Operand::Cond(cond), Literal::Bool(value)) => Ok(cond.negated_if(!value)),
            (other, literal) => {
                let (term, kind) = self.beside(node, other, &literal)?;
                let placed = self.place(&term, kind, &literal, at)?;
                Ok(equal_placed(term, kind, placed))
            }
        }
    }

    /// An operand as a value that is compared with a constant: a claim is of the constant's type.
    pub(super) fn beside(
        &self,
        node: &IdedExpr,
        operand: Operand,
        literal: &Literal,
    ) -> Checked<(Term, FieldKind)> {
        match operand {
            Operand::Term(term, kind) => Ok((term, kind)),
            Operand::Span(term) if matches!(literal, Literal::Duration(_)) => Ok((term, FieldKind::Int)),
            Operand::Within(within) => {
                let kind = match literal {
                    Literal::Bool(_) => FieldKind::Bool,
                    Literal::Int(_) | Literal::Float(_) => FieldKind::Float,
                    Literal::Text(_) => FieldKind::Text,
                    Literal::Null | Literal::Instant(_) | Literal::Duration(_) => {
                        let (other, literal) = (Operand::Within(within), Operand::Literal(literal.clone()));
                        return self.mismatch(node, &other, &literal);
                    }
                };
                Ok((Term::Within(within, kind), kind))
            }
            Operand::Claim(path) => {
                let kind = match literal {
                    Literal::Bool(_) => FieldKind::Bool,
                    Literal::Int(_) | Literal::Float(_) => FieldKind::Float,
                    Literal::Text(_) => FieldKind::Text,
                    Literal::Instant(_) => FieldKind::DateTime,
                    Literal::Null | Literal::Duration(_) => {
                        return self.mismatch(
                            node,
                            &Operand::Claim(path),
                            &Operand::Literal(literal.clone()),
                        );
                    }
                };
                Ok((Term::Late(Late::Claim(path, kind)), kind))
            }
            other => self.mismatch(node, &other, &Operand::Literal(literal.clone())),
        }
    }

    /// Two operands as values: a claim is of the other's type.
    pub(super) fn terms(
        &self,
        node: &IdedExpr,
        left: Operand,
        right: Operand,
    ) -> Checked<((Term, FieldKind), (Term, FieldKind))> {
        let claim = |path: Vec<String>, kind| (Term::Late(Late::Claim(path, kind)), kind);
        match (left, right) {
            (Operand::Term(a, a_kind), Operand::Term(b, b_kind)) => Ok(((a, a_kind), (b, b_kind))),
            (Operand::Term(a, kind), Operand::Claim(path)) if is_claimed(kind) => {
                Ok(((a, kind), claim(path, kind)))
            }
            (Operand::Claim(path), Operand::Term(b, kind)) if is_claimed(kind) => {
                Ok((claim(path, kind), (b, kind)))
            }
            (Operand::Claim(_), Operand::Claim(_)) => {
                self.refuse(node, "a claim has the type of what it is compared with: a field or a constant")
            }
            (Operand::Within(within), Operand::Term(term, kind)) => {
                let (term, kind, beside) = self.beside_within(node, &within, (term, kind))?;
                Ok(((Term::Within(within, beside), beside), (term, kind)))
            }
            (Operand::Term(term, kind), Operand::Within(within)) => {
                let (term, kind, beside) = self.beside_within(node, &within, (term, kind))?;
                Ok(((term, kind), (Term::Within(within, beside), beside)))
            }
            (Operand::Within(_), Operand::Within(_) | Operand::Claim(_))
            | (Operand::Claim(_), Operand::Within(_)) => self.refuse(
                node,
                "what stands in JSON has the type of what it is compared with: a field or a constant",
            ),
            (a, b) => self.mismatch(node, &a, &b),
        }
    }

    /// A value as it is compared with something in JSON, and what kind that is then.
    fn beside_within(
        &self,
        node: &IdedExpr,
        within: &Within,
        (term, kind): (Term, FieldKind),
    ) -> Checked<(Term, FieldKind, FieldKind)> {
        if term == Term::Late(Late::Id) {
            return Ok((Term::Late(Late::IdText), FieldKind::Text, FieldKind::Text));
        }
        if let Some(beside) = within::kind_beside(kind) {
            return Ok((term, kind, beside));
        }
        let within = Operand::Within(Box::new(within.clone()));
        self.mismatch(node, &within, &Operand::Term(term, kind))
    }

    /// `item in list`.
    pub(super) fn one_of(&self, node: &IdedExpr, item: &IdedExpr, list: &IdedExpr) -> Checked<Operand> {
        if let Expr::List(written) = &list.expr {
            return self.one_of_written(node, item, written);
        }
        let list_at = list;
        self.binary(node, self.operand(item)?, self.operand(list)?, &|item, list| {
            let cond = match (item, list) {
                (item, Operand::Root(root)) => self.key_in(node, &item, root)?,
                (item, Operand::List(list)) => self.one_of_late(node, item, list)?,
                (item, Operand::Claim(path)) => self.one_of_late(node, item, LateList::Claim(path))?,
                (item, Operand::Term(Term::Column(column), FieldKind::Json)) => {
                    self.member(node, item, &column)?
                }
                (item, Operand::Pointing(pointing)) => {
                    let written = pointing.written();
                    let list = self.list_of(list_at, *pointing)?;
                    self.member_of(node, item, list, &written)?
                }
                (_, other) => {
                    let message =
                        format!("`in` takes a list, as in `field in ['a', 'b']`, not {}", other.described());
                    return self.refuse(list_at, message);
                }
            };
            Ok(Operand::Cond(cond))
        })
    }

    /// In a list that is written out. All of it may be constants, which indexes serve; or each is compared.
    fn one_of_written(&self, node: &IdedExpr, item: &IdedExpr, list: &ListExpr) -> Checked<Operand> {
        let mut elements = Vec::with_capacity(list.elements.len());
        for element in &list.elements {
            elements.push((self.operand(element)?, element));
        }
        self.operand(item)?.map(&|found| {
            let constant = |operand: &Operand| match operand {
                Operand::Literal(literal) => Some(literal.clone()),
                _ => None,
            };
            let constants: Option<Vec<_>> = elements
                .iter()
                .map(|(operand, at)| constant(operand).map(|literal| (literal, *at)))
                .collect();
            let cond = match (found, constants) {
                (Operand::Term(term, kind), Some(constants)) => {
                    let cond = self.term_in(term, kind, constants)?;
                    self.leaf(node, cond)?
                }
                (found, _) => self.equal_to_one(node, (&found, item), &elements)?,
            };
            Ok(Operand::Cond(cond))
        })
    }

    fn equal_to_one(
        &self,
        node: &IdedExpr,
        (item, item_at): (&Operand, &IdedExpr),
        elements: &[(Operand, &IdedExpr)],
    ) -> Checked<Cond> {
        if elements.is_empty() {
            return self.refuse(node, "nothing is in an empty list");
        }
        let mut equals = Vec::with_capacity(elements.len());
        let mut terms = Vec::new();
        for (element, at) in elements {
            if matches!(element, Operand::Cond(_) | Operand::Choice(_)) {
                return self.refuse(at, "a list may hold constants, fields and what is known of the request");
            }
            let cond = self.equal_operands(node, (item.clone(), item_at), (element.clone(), at))?;
            // An error in the list is an error of the whole, however the item compares with the rest.
            if let (Cond::Equal(left, right), Operand::Term(..) | Operand::Claim(_)) = (&cond, element) {
                terms.extend([left.clone(), right.clone()]);
            }
            equals.push(self.leaf(node, cond)?);
        }
        Ok(Cond::any(equals).guarded(&terms))
    }

    /// In a list that is known late.
    fn one_of_late(&self, node: &IdedExpr, item: Operand, list: LateList) -> Checked<Cond> {
        let term = match item {
            Operand::Literal(Literal::Text(text)) => Term::Literal(crate::expr::ir::Scalar::Text(text)),
            Operand::Term(term, FieldKind::Text | FieldKind::Uuid) => term,
            Operand::Claim(path) => Term::Late(Late::Claim(path, FieldKind::Text)),
            Operand::Within(within) => Term::Within(within, FieldKind::Text),
            other => {
                let message = format!("{} is in no list of texts", other.described());
                return self.refuse(node, message);
            }
        };
        self.leaf(node, Cond::Listed(term, list))
    }

    fn term_in(&self, term: Term, kind: FieldKind, items: Vec<(Literal, &IdedExpr)>) -> Checked<Cond> {
        let mut scalars = Vec::with_capacity(items.len());
        let mut others = Vec::new();
        for (literal, at) in items {
            if literal == Literal::Null {
                match &term {
                    Term::Column(column) => others.push(Cond::IsNull(column.clone())),
                    _ => return self.refuse(at, "this is never null: of null it would be an error"),
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

    /// Both terms in one representation.
    pub(super) fn alike(
        &self,
        node: &IdedExpr,
        (left, left_kind): (Term, FieldKind),
        (right, right_kind): (Term, FieldKind),
    ) -> Checked<(Term, Term)> {
        match (left_kind, right_kind) {
            (FieldKind::Json, _) | (_, FieldKind::Json) => self.refuse(
                node,
                "a whole JSON document can be compared with null only; compare what it has by its keys",
            ),
            (a, b) if a == b => Ok((left, right)),
            (FieldKind::Int, FieldKind::Float) => Ok((Term::AsFloat(Box::new(left)), right)),
            (FieldKind::Float, FieldKind::Int) => Ok((left, Term::AsFloat(Box::new(right)))),
            (FieldKind::Date, FieldKind::DateTime) => Ok((Term::Midnight(Box::new(left)), right)),
            (FieldKind::DateTime, FieldKind::Date) => Ok((left, Term::Midnight(Box::new(right)))),
            (FieldKind::Uuid, FieldKind::Text) if left == Term::Late(Late::Id) => {
                Ok((Term::Late(Late::IdText), right))
            }
            (FieldKind::Text, FieldKind::Uuid) if right == Term::Late(Late::Id) => {
                Ok((left, Term::Late(Late::IdText)))
            }
            (a, b) if a.is_number() && b.is_number() => self
                .refuse(node, "a decimal can be compared with constants and decimals of the same scale only"),
            (a, b) => self.mismatch(node, &Operand::Term(left, a), &Operand::Term(right, b)),
        }
    }

    pub(super) fn mismatch<T>(&self, node: &IdedExpr, left: &Operand, right: &Operand) -> Checked<T> {
        let message = format!("{} cannot be compared with {}", left.described(), right.described());
        self.refuse(node, message)
    }
}

/// Whether a claim can be a value of that kind.
fn is_claimed(kind: FieldKind) -> bool {
    !matches!(kind, FieldKind::Decimal { .. } | FieldKind::Json)
}

/// The first is a condition, whose NULL is an error; a boolean's on the right is null.
fn same_truth(left: Cond, right: Cond) -> Cond {
    Cond::SameTruth(Box::new(left), Box::new(right))
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
