//! From CEL's syntax tree to the typed form.

use cel::Context;
use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, SelectExpr, operators};

use super::error::ExprError;
use super::ir::{Cond, Order, Place, Term};
use super::limits::children;
use super::literal::Literal;
use super::vocabulary::{Column, FieldKind, Origin, Vocabulary};

/// What stands on one side of an operator.
pub(super) enum Operand {
    Literal(Literal),
    Term(Term, FieldKind),
    Cond(Cond),
    /// `auth`.
    Actor,
    /// `auth.kind`.
    ActorKind,
}

impl Operand {
    pub(super) fn described(&self) -> String {
        match self {
            Self::Literal(literal) => literal.described().to_owned(),
            Self::Term(Term::Column(column), kind) => format!("`{}` ({})", column.name, kind.described()),
            Self::Term(..) => "a size".to_owned(),
            Self::Cond(_) => "a condition".to_owned(),
            Self::Actor => "`auth`".to_owned(),
            Self::ActorKind => "`auth.kind`".to_owned(),
        }
    }
}

pub(super) type Checked<T> = Result<T, ExprError>;

/// Checks one expression against one vocabulary.
pub(super) struct Checker<'a> {
    pub(super) vocabulary: &'a Vocabulary,
    /// A node's position, from its id.
    pub(super) offset_of: &'a dyn Fn(u64) -> usize,
}

impl Checker<'_> {
    pub(super) fn refuse<T>(&self, node: &IdedExpr, message: impl Into<String>) -> Checked<T> {
        Err(ExprError::new((self.offset_of)(node.id), message))
    }

    /// The node as a condition.
    pub(super) fn cond(&self, node: &IdedExpr) -> Checked<Cond> {
        match self.operand(node)? {
            Operand::Cond(cond) => Ok(cond),
            Operand::Literal(Literal::Bool(value)) => Ok(Cond::Const(value)),
            Operand::Term(Term::Column(column), FieldKind::Bool) => Ok(Cond::Field(column)),
            other => {
                let described = other.described();
                self.refuse(node, format!("a condition is wanted here, and {described} is none"))
            }
        }
    }

    /// The node as a side of an operator.
    pub(super) fn operand(&self, node: &IdedExpr) -> Checked<Operand> {
        if is_constant(node) {
            return self.fold(node).map(Operand::Literal);
        }
        match &node.expr {
            Expr::Ident(name) if name == "auth" => Ok(Operand::Actor),
            Expr::Ident(name) => self.field(node, name, Origin::Record),
            Expr::Select(select) => self.select(node, select),
            Expr::Call(call) => self.call(node, call),
            Expr::List(_) => self.refuse(node, "a list may stand only to the right of `in`"),
            Expr::Map(_) | Expr::Struct(_) => self.refuse(node, "maps and messages are not supported"),
            Expr::Comprehension(_) | Expr::Literal(_) | Expr::Unspecified => {
                self.refuse(node, "this is not supported")
            }
        }
    }

    fn select(&self, node: &IdedExpr, select: &SelectExpr) -> Checked<Operand> {
        let root = match &select.operand.expr {
            Expr::Ident(root) => root.as_str(),
            _ => "",
        };
        match root {
            "record" => self.field(node, &select.field, Origin::Record),
            "input" if self.vocabulary.has_input() => self.field(node, &select.field, Origin::Input),
            "input" => self.refuse(node, "`input` is known only where a record is created or updated"),
            "auth" if select.field == "kind" => Ok(Operand::ActorKind),
            "auth" => self.refuse(node, format!("`auth.{}` is not supported; `auth.kind` is", select.field)),
            _ => self.refuse(node, format!("`.{}` has to follow `record`, `input` or `auth`", select.field)),
        }
    }

    fn field(&self, node: &IdedExpr, name: &str, origin: Origin) -> Checked<Operand> {
        if let Some(column) = self.vocabulary.find(name, origin) {
            let kind = column.kind;
            return Ok(Operand::Term(Term::Column(column), kind));
        }
        let hint = self.vocabulary.nearest(name).map(|near| format!("; did you mean `{near}`?"));
        self.refuse(node, format!("there is no field `{name}`{}", hint.unwrap_or_default()))
    }

    fn call(&self, node: &IdedExpr, call: &CallExpr) -> Checked<Operand> {
        if let (Some(order), [left, right]) = (order(&call.func_name), call.args.as_slice()) {
            return self.ordered(node, left, order, right).map(Operand::Cond);
        }
        let cond = match (call.func_name.as_str(), call.target.as_deref(), call.args.as_slice()) {
            (operators::LOGICAL_AND, None, [left, right]) => {
                Cond::All(vec![self.cond(left)?, self.cond(right)?])
            }
            (operators::LOGICAL_OR, None, [left, right]) => {
                Cond::Any(vec![self.cond(left)?, self.cond(right)?])
            }
            (operators::LOGICAL_NOT, None, [inner]) => self.cond(inner)?.negated(),
            (operators::CONDITIONAL, None, [test, yes, no]) => {
                Cond::If(Box::new(self.cond(test)?), Box::new(self.cond(yes)?), Box::new(self.cond(no)?))
            }
            (operators::EQUALS, None, [left, right]) => self.equal(node, left, right)?,
            (operators::NOT_EQUALS, None, [left, right]) => self.equal(node, left, right)?.negated(),
            (operators::IN, None, [item, list]) => self.one_of(node, item, list)?,
            ("contains", Some(text), [part]) => self.text_at(Place::Anywhere, text, part)?,
            ("startsWith", Some(text), [part]) => self.text_at(Place::Start, text, part)?,
            ("endsWith", Some(text), [part]) => self.text_at(Place::End, text, part)?,
            ("size", None, [text]) | ("size", Some(text), []) => {
                let text = self.text(text, "size()")?;
                return Ok(Operand::Term(Term::Size(Box::new(text)), FieldKind::Int));
            }
            (name, ..) => return self.refuse(node, unsupported(name)),
        };
        Ok(Operand::Cond(cond))
    }

    fn text_at(&self, place: Place, text: &IdedExpr, part: &IdedExpr) -> Checked<Cond> {
        let what = match place {
            Place::Anywhere => "contains()",
            Place::Start => "startsWith()",
            Place::End => "endsWith()",
        };
        Ok(Cond::TextAt(place, self.text(text, what)?, self.text(part, what)?))
    }

    fn text(&self, node: &IdedExpr, what: &str) -> Checked<Term> {
        match self.operand(node)? {
            Operand::Term(term @ Term::Column(Column { kind: FieldKind::Text, .. }), _) => Ok(term),
            Operand::Literal(Literal::Text(text)) => Ok(Term::Literal(super::ir::Scalar::Text(text))),
            other => self.refuse(node, format!("{what} works on text, not on {}", other.described())),
        }
    }

    /// The value of a constant, by CEL's own interpreter: what it says is what the expression means.
    pub(super) fn fold(&self, node: &IdedExpr) -> Checked<Literal> {
        let value = match &node.expr {
            Expr::Literal(LiteralValue::Null) => return Ok(Literal::Null),
            // Without a context, which costs more than all the rest.
            Expr::Literal(literal) => cel::Value::try_from(literal.to_val().as_ref()),
            _ => cel::Value::resolve(node, &Context::default()),
        };
        match value {
            // PostgreSQL stores none, and would fail the query rather than not find it.
            Ok(cel::Value::String(text)) if text.contains('\0') => {
                self.refuse(node, "text may not contain the character U+0000")
            }
            Ok(value) => Literal::from_value(value)
                .map_or_else(|| self.refuse(node, "a constant of this type is not supported"), Ok),
            Err(error) => self.refuse(node, format!("this constant has no value: {error}")),
        }
    }
}

/// Whether the tree names no field and calls only what has a value independent of time and place.
fn is_constant(node: &IdedExpr) -> bool {
    let here = match &node.expr {
        Expr::Literal(_) => true,
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            !name.starts_with(|first: char| first.is_ascii_alphabetic())
                || matches!(name, "timestamp" | "size" | "contains" | "startsWith" | "endsWith")
        }
        Expr::List(_) => false,
        _ => return false,
    };
    match &node.expr {
        Expr::Call(call) if call.func_name == operators::IN => call.args.iter().all(is_constant_or_list),
        _ => here && children(node).into_iter().all(is_constant),
    }
}

fn is_constant_or_list(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::List(list) => list.elements.iter().all(is_constant),
        _ => is_constant(node),
    }
}

fn order(operator: &str) -> Option<Order> {
    match operator {
        operators::LESS => Some(Order::Less),
        operators::LESS_EQUALS => Some(Order::LessOrEqual),
        operators::GREATER => Some(Order::Greater),
        operators::GREATER_EQUALS => Some(Order::GreaterOrEqual),
        _ => None,
    }
}

fn unsupported(name: &str) -> String {
    match name {
        operators::ADD
        | operators::SUBSTRACT
        | operators::MULTIPLY
        | operators::DIVIDE
        | operators::MODULO
        | operators::NEGATE => {
            "arithmetic on fields is not supported: databases and CEL disagree on overflow \
                                and division by zero; compute the constant side instead"
                .to_owned()
        }
        operators::HAS => "has() is not supported; write `field != null`".to_owned(),
        operators::INDEX => "indexing with [] is not supported".to_owned(),
        "timestamp" => {
            "timestamp() takes a text constant, as in timestamp('2020-01-31T00:00:00Z')".to_owned()
        }
        "size" | "contains" | "startsWith" | "endsWith" => format!("{name}() is called with wrong arguments"),
        _ => format!("{name}() is not supported"),
    }
}
