//! Constants: computed when the expression is checked, by CEL's own interpreter, so that what it says is what the
//! expression means.

use std::sync::{Arc, LazyLock};

use cel::common::ast::{CallExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::{Context, Env};

use super::literal::Literal;
use super::{Checked, Checker};
use crate::expr::limits::children;

/// The standard library with what is written about texts beside it.
static ENV: LazyLock<Arc<Env>> = LazyLock::new(|| {
    let mut env = Env::stdlib();
    // Nothing else has those names.
    let added = env.add_extension(cel::extensions::strings);
    debug_assert!(added.is_ok(), "{added:?}");
    Arc::new(env)
});

impl Checker<'_> {
    pub(super) fn fold(&self, node: &IdedExpr) -> Checked<Literal> {
        self.check_durations(node)?;
        if !matches!(node.expr, Expr::Literal(_)) {
            self.folded.set(true);
        }
        let value = match &node.expr {
            Expr::Literal(LiteralValue::Null) => return Ok(Literal::Null),
            // Without a context, which costs more than all the rest.
            Expr::Literal(literal) => cel::Value::try_from(literal.to_val().as_ref()),
            _ => cel::Value::resolve(node, &Context::with_env(Arc::clone(&ENV))),
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

    /// The interpreter reads `1h and more` as one hour.
    fn check_durations(&self, node: &IdedExpr) -> Checked<()> {
        if let Expr::Call(CallExpr { func_name, args, .. }) = &node.expr
            && func_name == "duration"
            && let [IdedExpr { expr: Expr::Literal(LiteralValue::String(text)), .. }] = args.as_slice()
            && !is_duration(text.inner())
        {
            let message = format!("'{}' is no duration like '1h30m', '-5s' or '0.5s'", text.inner());
            return self.refuse(node, message);
        }
        children(node).into_iter().try_for_each(|child| self.check_durations(child))
    }
}

/// Whether the tree names no field and calls only what has a value independent of time and place.
pub(super) fn is_constant(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::Literal(_) => true,
        Expr::Call(call) if call.func_name == operators::IN => call.args.iter().all(is_constant_or_list),
        Expr::Call(call) => {
            let name = call.func_name.as_str();
            // Operators are not named by letters.
            let pure = !name.starts_with(|first: char| first.is_ascii_alphabetic()) || is_pure(name);
            pure && children(node).into_iter().all(is_constant)
        }
        _ => false,
    }
}

fn is_constant_or_list(node: &IdedExpr) -> bool {
    match &node.expr {
        Expr::List(list) => list.elements.iter().all(is_constant),
        _ => is_constant(node),
    }
}

fn is_pure(name: &str) -> bool {
    matches!(
        name,
        "timestamp"
            | "duration"
            | "size"
            | "contains"
            | "startsWith"
            | "endsWith"
            | "lowerAscii"
            | "upperAscii"
            | "trim"
            | "substring"
            | "indexOf"
    ) || super::time::clock_part(name).is_some()
}

/// Numbers with units, one after another, with a sign before them; or 0.
fn is_duration(text: &str) -> bool {
    let mut rest = text.strip_prefix('-').unwrap_or(text);
    if rest == "0" {
        return true;
    }
    while !rest.is_empty() {
        let number = |text: &str| text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let whole = number(rest);
        let Some(mut after) = rest.get(whole..).filter(|_| whole > 0) else { return false };
        if let Some(fraction) = after.strip_prefix('.') {
            let digits = number(fraction);
            let Some(unit) = fraction.get(digits..).filter(|_| digits > 0) else { return false };
            after = unit;
        }
        let units = ["ms", "us", "ns", "h", "m", "s"];
        let Some(next) = units.iter().find_map(|unit| after.strip_prefix(unit)) else { return false };
        rest = next;
    }
    !text.is_empty() && text != "-"
}
