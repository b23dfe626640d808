//! A rule in its parts: what `&&`, `||` and `!` put together, each part an expression of its own, so that it can be said
//! of each what it comes to.
//!
//! The tree knows where operators stand and not where operands begin and end: brackets leave nothing in it. So an operand
//! is what stands between two operators, and only what parses by itself counts as one.

use std::ops::Range;

use cel::common::ast::{Expr, IdedExpr, SourceInfo, operators};

use super::error::ExprError;
use super::vocabulary::Vocabulary;
use super::{Checked, parse, syntax};

/// What puts parts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Joint {
    /// `&&`
    And,
    /// `||`
    Or,
    /// `!`
    Not,
}

/// A part of an expression.
#[derive(Debug, Clone)]
pub(crate) struct Part {
    /// As it is written.
    pub(crate) source: String,
    /// Where it begins: characters (not bytes) from the start of the expression.
    pub(crate) at: usize,
    /// Within how many others it stands.
    pub(crate) depth: usize,
    /// What the parts that follow and stand deeper are put together by, if it has any.
    pub(crate) joint: Option<Joint>,
    pub(crate) checked: Checked,
}

/// The expression, then its parts, each followed by its own.
pub(crate) fn parts(source: &str, vocabulary: &Vocabulary<'_>) -> Result<Vec<Part>, ExprError> {
    let whole = parse(source, vocabulary)?;
    let (tree, info) = syntax(source)?;
    let splitter = Splitter { source, info: &info, vocabulary };
    let mut parts = Vec::new();
    let operand = Operand { node: &tree, range: splitter.trimmed(0..source.len()), checked: whole };
    splitter.add(operand, 0, &mut parts);
    Ok(parts)
}

struct Splitter<'s> {
    source: &'s str,
    info: &'s SourceInfo,
    vocabulary: &'s Vocabulary<'s>,
}

struct Operand<'n> {
    node: &'n IdedExpr,
    /// In bytes.
    range: Range<usize>,
    checked: Checked,
}

impl Splitter<'_> {
    fn add(&self, operand: Operand<'_>, depth: usize, parts: &mut Vec<Part>) {
        let Operand { node, range, checked } = operand;
        let (joint, operands) = self.split(node, &range).unzip();
        parts.push(Part {
            source: self.text(&range).to_owned(),
            at: self.source.get(..range.start).map_or(0, |before| before.chars().count()),
            depth,
            joint,
            checked,
        });
        for operand in operands.into_iter().flatten() {
            self.add(operand, depth + 1, parts);
        }
    }

    /// The operands of a node, which stands there with or without brackets around it.
    fn split<'n>(&self, node: &'n IdedExpr, range: &Range<usize>) -> Option<(Joint, Vec<Operand<'n>>)> {
        let Expr::Call(call) = &node.expr else { return None };
        let (joint, [left, right]) = match (call.func_name.as_str(), call.args.as_slice()) {
            (operators::LOGICAL_AND, [left, right]) => (Joint::And, [left, right]),
            (operators::LOGICAL_OR, [left, right]) => (Joint::Or, [left, right]),
            (operators::LOGICAL_NOT, [inner]) => {
                return self.each_bare(range).find_map(|range| {
                    let inner = self.operand(inner, self.place(node)? + 1..range.end)?;
                    Some((Joint::Not, vec![inner]))
                });
            }
            _ => return None,
        };
        let operands =
            self.each_bare(range).find_map(|range| self.joined(joint, node, [left, right], &range));
        Some((joint, operands?))
    }

    /// Those of a chain of one operator, all at once.
    fn joined<'n>(
        &self,
        joint: Joint,
        node: &'n IdedExpr,
        sides: [&'n IdedExpr; 2],
        range: &Range<usize>,
    ) -> Option<Vec<Operand<'n>>> {
        let place = self.place(node).filter(|place| range.contains(place))?;
        let [left, right] = sides;
        let left = self.operand(left, range.start..place)?;
        let right = self.operand(right, place + 2..range.end)?;
        let mut operands = Vec::new();
        for side in [left, right] {
            match self.chained(joint, &side) {
                Some(chain) => operands.extend(chain),
                None => operands.push(side),
            }
        }
        Some(operands)
    }

    /// The operands of a side that goes on with the same operator, without brackets.
    fn chained<'n>(&self, joint: Joint, side: &Operand<'n>) -> Option<Vec<Operand<'n>>> {
        let Expr::Call(call) = &side.node.expr else { return None };
        match (joint, call.func_name.as_str(), call.args.as_slice()) {
            (Joint::And, operators::LOGICAL_AND, [left, right])
            | (Joint::Or, operators::LOGICAL_OR, [left, right]) => {
                self.joined(joint, side.node, [left, right], &side.range)
            }
            _ => None,
        }
    }

    fn operand<'n>(&self, node: &'n IdedExpr, range: Range<usize>) -> Option<Operand<'n>> {
        let range = self.trimmed(range);
        let checked = parse(self.text(&range), self.vocabulary).ok()?;
        Some(Operand { node, range, checked })
    }

    /// The range, then without the brackets around it, as often as there are some.
    fn each_bare(&self, range: &Range<usize>) -> impl Iterator<Item = Range<usize>> {
        std::iter::successors(Some(range.clone()), |range| {
            let text = self.text(range);
            let bare = text.len() > 2 && text.starts_with('(') && text.ends_with(')');
            bare.then(|| self.trimmed(range.start + 1..range.end - 1))
        })
    }

    /// Where the node's operator stands.
    fn place(&self, node: &IdedExpr) -> Option<usize> {
        self.info.offset_for(node.id).map(|(start, _)| start as usize)
    }

    fn text(&self, range: &Range<usize>) -> &str {
        self.source.get(range.clone()).unwrap_or_default()
    }

    fn trimmed(&self, range: Range<usize>) -> Range<usize> {
        let text = self.text(&range);
        let start = range.start + text.len() - text.trim_start().len();
        start..start + text.trim().len()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::vocabulary;
    use super::*;

    /// Each part on a line of its own, moved in by its depth.
    fn drawn(source: &str) -> String {
        let parts = parts(source, &vocabulary()).unwrap_or_else(|error| panic!("{source}: {error}"));
        let line = |part: &Part| {
            let joint = part.joint.map(|joint| format!(" {joint:?}")).unwrap_or_default();
            format!("{}{} {}{joint}", "  ".repeat(part.depth), part.at, part.source)
        };
        parts.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn a_rule_falls_into_its_parts() {
        for (source, expected) in [
            ("year > 1", "0 year > 1"),
            (
                " active && (year > 1 || !(hidden)) ",
                "1 active && (year > 1 || !(hidden)) And\n  1 active\n  11 (year > 1 || !(hidden)) Or\n    12 year > 1\n    24 !(hidden) Not\n      25 (hidden)",
            ),
            (
                "active && hidden && year > 1 && count > 1",
                "0 active && hidden && year > 1 && count > 1 And\n  0 active\n  10 hidden\n  20 year > 1\n  32 count > 1",
            ),
            ("(active) && (hidden)", "0 (active) && (hidden) And\n  0 (active)\n  12 (hidden)"),
            ("((active || hidden))", "0 ((active || hidden)) Or\n  2 active\n  12 hidden"),
            (
                "active && (hidden && active)",
                "0 active && (hidden && active) And\n  0 active\n  10 (hidden && active) And\n    11 hidden\n    21 active",
            ),
            (
                "name == 'ü && (' || name == r'\\' || active",
                "0 name == 'ü && (' || name == r'\\' || active Or\n  0 name == 'ü && ('\n  20 name == r'\\'\n  36 active",
            ),
            (
                "rooms.exists(r, r.active && r.year > 1) || !!active",
                "0 rooms.exists(r, r.active && r.year > 1) || !!active Or\n  0 rooms.exists(r, r.active && r.year > 1)\n  43 !!active",
            ),
            ("active ? year > 1 : hidden && active", "0 active ? year > 1 : hidden && active"),
            (
                "active && // why\n hidden",
                "0 active && // why\n hidden And\n  0 active\n  10 // why\n hidden",
            ),
        ] {
            assert_eq!(drawn(source), expected, "{source}");
        }
    }
}
