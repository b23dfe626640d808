//! What an expression comes to, as a field of some kind holds it.

use cel::common::ast::{CallExpr, Expr, IdedExpr, operators};

use super::literal::{Literal, Placed, place, stored};
use super::operand::Operand;
use super::{Checked, Checker};
use crate::expr::ir::{Term, Value};
use crate::expr::vocabulary::FieldKind;

impl Checker<'_> {
    /// The node as a value of that kind.
    pub(in crate::expr) fn value(&self, node: &IdedExpr, wanted: FieldKind) -> Checked<Value> {
        if let Expr::Call(CallExpr { func_name, target: None, args, .. }) = &node.expr
            && func_name == operators::CONDITIONAL
            && let [test, yes, no] = args.as_slice()
        {
            let test = self.cond(test)?;
            let (yes, no) = (self.value(yes, wanted)?, self.value(no, wanted)?);
            return Ok(Value::If(test, Box::new(yes), Box::new(no)));
        }
        let operand = self.operand(node)?;
        self.value_of(node, operand, wanted)
    }

    fn value_of(&self, node: &IdedExpr, operand: Operand, wanted: FieldKind) -> Checked<Value> {
        match operand {
            Operand::Literal(Literal::Null) => Ok(Value::Null),
            Operand::Literal(literal) => self.constant(node, &literal, wanted),
            Operand::Cond(cond) if wanted == FieldKind::Bool => Ok(Value::Cond(cond)),
            Operand::Term(term, kind) => match (kind, wanted) {
                (kind, wanted) if kind == wanted => Ok(Value::Term(term)),
                (FieldKind::Int | FieldKind::Decimal { .. }, FieldKind::Decimal { scale }) => {
                    Ok(Value::Term(term.scaled(scale)))
                }
                (FieldKind::Date, FieldKind::DateTime) => Ok(Value::Term(Term::Midnight(Box::new(term)))),
                // Of which the field takes the day.
                (FieldKind::DateTime, FieldKind::Date) => Ok(Value::Term(term)),
                _ => self.unwanted(node, &Operand::Term(term, kind), wanted),
            },
            // As much of it as the field can hold.
            Operand::Within(within)
                if matches!(wanted, FieldKind::Text | FieldKind::Float | FieldKind::Bool) =>
            {
                Ok(Value::Term(Term::Within(within, wanted)))
            }
            Operand::Choice(choice) => {
                let yes = self.value_of(node, choice.yes, wanted)?;
                let no = self.value_of(node, choice.no, wanted)?;
                Ok(Value::If(choice.test, Box::new(yes), Box::new(no)))
            }
            other => self.unwanted(node, &other, wanted),
        }
    }

    fn constant(&self, node: &IdedExpr, literal: &Literal, wanted: FieldKind) -> Checked<Value> {
        let placed = place(literal, wanted);
        let scalar = match placed {
            Ok(Placed::Exact(scalar)) => Some(scalar),
            Ok(Placed::Between { first, last }) if first == last => stored(wanted, first),
            _ => None,
        };
        match scalar {
            Some(scalar) => Ok(Value::Term(Term::Literal(scalar))),
            None => self.unwanted(node, &Operand::Literal(literal.clone()), wanted),
        }
    }

    fn unwanted(&self, node: &IdedExpr, operand: &Operand, wanted: FieldKind) -> Checked<Value> {
        let hint = match (operand, wanted) {
            (Operand::Span(_), _) => "; int(a) - int(b) is the seconds between two times",
            (_, FieldKind::Text) => "; string(…) makes a text of it",
            (_, FieldKind::Int) => "; int(…) makes a whole number of one with a point",
            (_, FieldKind::Float) => "; double(…) makes a float of it",
            _ => "",
        };
        let message =
            format!("the field holds {}, and this is {}{hint}", wanted.described(), operand.described());
        self.refuse(node, message)
    }
}
