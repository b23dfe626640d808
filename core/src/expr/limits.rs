//! Bounds on an expression. What recurses in the parser is bounded before parsing, by a scan of the source:
//! the parser walks `a.a.a…` and `1+1+1…` recursively, and a stack overflow would end the process.

use cel::common::ast::{EntryExpr, Expr, IdedExpr};

use super::error::ExprError;

/// Longest source, in bytes.
pub const MAX_SOURCE: usize = 4096;
/// Most nodes in the syntax tree.
pub const MAX_NODES: usize = 500;
/// Most items in a list.
pub const MAX_LIST: usize = 200;
/// Most conditions that the nodes are made into: a `?:` beside an operator makes two of it.
pub const MAX_CONDITIONS: usize = 1000;
/// Most terms that are written out in SQL: some functions write their operand twice.
pub const MAX_WEIGHT: usize = 4000;
/// Most relations followed one after another.
pub const MAX_STEPS: usize = 4;
/// Most `exists()` and `all()` within one another.
pub const MAX_NESTED: usize = 3;
/// Most looks into other records: each relation that is followed, each list that is asked, each `exists()` and `all()`;
/// those of the rules included that say who sees what is looked into.
pub const MAX_SUBQUERIES: usize = 20;
/// Most keys by which a JSON document is looked into.
pub const MAX_KEYS: usize = 8;
/// Longest such key, in bytes.
pub const MAX_KEY: usize = 100;
/// Deepest nesting, of brackets and of operators within one another.
pub const MAX_DEPTH: usize = 32;

/// Refuses sources that are too long or nested too deep to be given to the parser.
pub(super) fn check_source(source: &str) -> Result<(), ExprError> {
    if source.len() > MAX_SOURCE {
        let message = format!("the expression is {} bytes long; {MAX_SOURCE} is the most", source.len());
        return Err(ExprError::new(0, message));
    }
    Scan::default().run(source)
}

/// Nesting as the parser will meet it. `&&`, `||` and `,` do not nest: the parser keeps them flat.
#[derive(Default)]
struct Scan {
    /// The levels around the innermost open bracket.
    open: Vec<Level>,
    level: Level,
    conditionals: usize,
}

/// What stands between one pair of brackets.
#[derive(Default)]
struct Level {
    /// Operators since the last `&&`, `||` or `,`, each of which may nest one deeper.
    chain: usize,
    /// The longest chain before that.
    peak: usize,
}

impl Scan {
    fn run(mut self, source: &str) -> Result<(), ExprError> {
        let mut chars = source.chars().enumerate().peekable();
        while let Some((offset, ch)) = chars.next() {
            let next = chars.peek().map(|(_, next)| *next);
            match ch {
                '"' | '\'' => skip_string(ch, &mut chars),
                '/' if next == Some('/') => while chars.next_if(|(_, next)| *next != '\n').is_some() {},
                '=' if next != Some('=') => {}
                _ => self.step(ch),
            }
            if self.open.len() + self.conditionals + self.level.chain > MAX_DEPTH {
                let message = format!("the expression is nested deeper than {MAX_DEPTH} levels");
                return Err(ExprError::new(offset, message));
            }
        }
        Ok(())
    }

    fn step(&mut self, ch: char) {
        match ch {
            '(' | '[' | '{' => self.open.push(std::mem::take(&mut self.level)),
            ')' | ']' | '}' => {
                let inner = std::mem::replace(&mut self.level, self.open.pop().unwrap_or_default());
                self.level.chain += 1 + inner.chain.max(inner.peak);
            }
            ',' | '&' | '|' | ':' => self.level.end_chain(),
            '?' => {
                self.conditionals += 1;
                self.level.end_chain();
            }
            '.' | '+' | '-' | '*' | '/' | '%' | '<' | '>' | '=' | '!' => self.level.chain += 1,
            _ => {}
        }
    }
}

impl Level {
    fn end_chain(&mut self) {
        self.peak = self.peak.max(self.chain);
        self.chain = 0;
    }
}

/// Skips to after the closing quote. Raw and triple-quoted strings need no care of their own: where this
/// ends a string too early, the rest is scanned as code, which can only refuse more.
fn skip_string(quote: char, chars: &mut impl Iterator<Item = (usize, char)>) {
    while let Some((_, ch)) = chars.next() {
        if ch == '\\' {
            chars.next();
        } else if ch == quote {
            return;
        }
    }
}

/// Refuses trees that are too large. `offset_of` gives a node's position from its id.
pub(super) fn check_tree(tree: &IdedExpr, offset_of: &dyn Fn(u64) -> usize) -> Result<(), ExprError> {
    let mut pending = vec![(tree, 1_usize)];
    let mut nodes = 0;
    while let Some((node, depth)) = pending.pop() {
        nodes += 1;
        let refuse = |message: String| Err(ExprError::new(offset_of(node.id), message));
        if nodes > MAX_NODES {
            return refuse(format!("the expression has more than {MAX_NODES} terms"));
        }
        if depth > MAX_DEPTH {
            return refuse(format!("the expression is nested deeper than {MAX_DEPTH} levels"));
        }
        if let Expr::List(list) = &node.expr
            && list.elements.len() > MAX_LIST
        {
            return refuse(format!("a list may hold {MAX_LIST} items, not {}", list.elements.len()));
        }
        pending.extend(children(node).into_iter().map(|child| (child, depth + 1)));
    }
    Ok(())
}

/// The nodes directly below a node.
pub(super) fn children(node: &IdedExpr) -> Vec<&IdedExpr> {
    match &node.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Map(map) => map.entries.iter().flat_map(|entry| entries(&entry.expr)).collect(),
        Expr::Struct(object) => object.entries.iter().flat_map(|entry| entries(&entry.expr)).collect(),
        Expr::Comprehension(_) | Expr::Ident(_) | Expr::Literal(_) | Expr::Unspecified => Vec::new(),
    }
}

fn entries(entry: &EntryExpr) -> Vec<&IdedExpr> {
    match entry {
        EntryExpr::StructField(field) => vec![&field.value],
        EntryExpr::MapEntry(entry) => vec![&entry.key, &entry.value],
    }
}
