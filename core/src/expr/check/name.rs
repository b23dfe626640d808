//! Names: fields, and what is known of the caller and the request.

use std::sync::Arc;

use cel::common::ast::{Expr, IdedExpr, SelectExpr};

use super::literal::Literal;
use super::many::Pointing;
use super::operand::{Operand, Root};
use super::{Checked, Checker, many};
use crate::expr::bindings::is_readable_header;
use crate::expr::ir::{Column, Cond, Late, LateList, Row, Step, Term, Within};
use crate::expr::referrers::Called;
use crate::expr::vocabulary::{FieldKind, Holds, Model, nearest};

const AUTH: [&str; 6] = ["id", "email", "verified", "roles", "kind", "claims"];
const REQUEST: [&str; 4] = ["method", "ip", "time", "headers"];

impl Checker<'_> {
    pub(super) fn name(&self, node: &IdedExpr, name: &str) -> Checked<Operand> {
        if let Some((row, _)) = self.bound(name) {
            return Ok(many::id_of(row));
        }
        match name {
            "record" => Ok(Operand::Root(Root::Record)),
            "auth" | "request" | "input" if self.vocabulary.is_computed() => {
                self.refuse(node, format!("a computed field is made of its record, not of `{name}`"))
            }
            "auth" | "request" if self.vocabulary.is_impersonal() => self
                .refuse(node, format!("`{name}` is not known here: what is saved is the same for everybody")),
            "auth" => Ok(Operand::Root(Root::Auth)),
            "request" => Ok(Operand::Root(Root::Request)),
            "input" if self.vocabulary.has_input() => Ok(Operand::Root(Root::Input)),
            "input" => self.refuse(node, "`input` is known only where a record is created or updated"),
            name => self.field(node, name, Row::RECORD),
        }
    }

    pub(super) fn select(&self, node: &IdedExpr, select: &SelectExpr) -> Checked<Operand> {
        let name = select.field.as_str();
        if let Expr::Ident(of) = &select.operand.expr
            && let Some((row, model)) = self.bound(of)
        {
            return self.field_of(node, &model, name, (row, Vec::new()));
        }
        match self.operand(&select.operand)? {
            Operand::Root(root) => self.part(node, root, name),
            Operand::Term(Term::Column(column), _) => self.through(node, column, name),
            Operand::Within(within) => self.within(node, *within, name),
            Operand::Pointing(pointing) => self.no_part_of_list(node, &pointing.written(), name),
            Operand::Claim(mut path) => {
                path.push(name.to_owned());
                Ok(Operand::Claim(path))
            }
            other => {
                let message = format!("{} has no part `{name}`", other.described());
                self.refuse(node, message)
            }
        }
    }

    /// `root.name`, or `root["name"]`.
    fn part(&self, node: &IdedExpr, root: Root, name: &str) -> Checked<Operand> {
        match (root, name) {
            (Root::Record, name) => self.field(node, name, Row::RECORD),
            (Root::Input, name) => self.field(node, name, Row::INPUT),
            (Root::Claims, name) => Ok(Operand::Claim(vec![name.to_owned()])),
            (Root::Headers, name) => self.header(node, name).map(late),
            (Root::Auth, "id") => Ok(late(Late::Id)),
            (Root::Auth, "email") => Ok(late(Late::Email)),
            (Root::Auth, "verified") => Ok(late(Late::Verified)),
            (Root::Auth, "kind") => Ok(late(Late::Kind)),
            (Root::Auth, "roles") => Ok(Operand::List(LateList::Roles)),
            (Root::Auth, "claims") => Ok(Operand::Root(Root::Claims)),
            (Root::Request, "method") => Ok(late(Late::Method)),
            (Root::Request, "ip") => Ok(late(Late::Ip)),
            (Root::Request, "time") => Ok(late(Late::Time)),
            (Root::Request, "headers") => Ok(Operand::Root(Root::Headers)),
            (Root::Auth | Root::Request, name) => {
                let known = if root == Root::Auth { AUTH.as_slice() } else { REQUEST.as_slice() };
                let root = root.name();
                let hint = match nearest(name, known.iter().copied()) {
                    Some(near) => format!("; did you mean `{root}.{near}`?"),
                    None => format!("; there are {}", known.join(", ")),
                };
                self.refuse(node, format!("there is no `{root}.{name}`{hint}"))
            }
        }
    }

    fn header(&self, node: &IdedExpr, name: &str) -> Checked<Late> {
        let name = name.to_ascii_lowercase();
        if is_readable_header(&name) {
            return Ok(Late::Header(name));
        }
        let message = format!(
            "the header `{name}` cannot be read here; `origin`, `user-agent`, `accept-language` and names that begin \
             with `x-` can, but for those of proxies and credentials"
        );
        self.refuse(node, message)
    }

    fn field(&self, node: &IdedExpr, name: &str, row: Row) -> Checked<Operand> {
        self.field_of(node, self.vocabulary.own(), name, (row, Vec::new()))
    }

    /// A field of a record of that model, which is reached so.
    pub(super) fn field_of(
        &self,
        node: &IdedExpr,
        model: &Model,
        name: &str,
        (row, path): (Row, Vec<Step>),
    ) -> Checked<Operand> {
        if let Some(field) = self.vocabulary.find(model, name) {
            if field.computed && row == Row::INPUT && path.is_empty() {
                let message = format!(
                    "`{name}` is computed from what is written; ask `input` for what it is made of, or in a create rule \
                     `record.{name}`"
                );
                return self.refuse(node, message);
            }
            let (stored, kind, unique) = (field.column.clone(), field.kind, field.unique);
            let column = Column { row, path, name: name.to_owned(), stored, kind, unique };
            return Ok(Operand::Term(Term::Column(column), kind));
        }
        match self.vocabulary.referrers(model, name) {
            Called::Nobody => {}
            Called::One(found) => {
                let owner = Column::id(row, path);
                return Ok(Operand::Pointing(Box::new(Pointing::new(name, owner, &found))));
            }
            Called::More => {
                let message = format!("`{name}` may be two fields of two collections; rename one of these");
                return self.refuse(node, message);
            }
        }
        if self.vocabulary.veils(model, name) {
            let message = format!(
                "`{name}` has a rule that says of which records it is shown, so nobody asks for it to whom it is not shown of all"
            );
            return self.refuse(node, message);
        }
        let of = if model.id == self.vocabulary.own().id && path.is_empty() && row < Row::FIRST_BOUND {
            String::new()
        } else {
            format!(" in `{}`", model.name)
        };
        let hint = self.vocabulary.nearest(model, name).map(|near| format!("; did you mean `{near}`?"));
        self.refuse(node, format!("there is no field `{name}`{of}{}", hint.unwrap_or_default()))
    }

    fn bound(&self, name: &str) -> Option<(Row, Arc<Model>)> {
        let bound = self.bound.borrow();
        let found = bound.iter().rev().find(|bound| bound.name == name)?;
        Some((found.row, Arc::clone(&found.model)))
    }

    /// `of["key"]`.
    pub(super) fn index(&self, node: &IdedExpr, of: &IdedExpr, key: &IdedExpr) -> Checked<Operand> {
        let (of, key) = (self.operand(of)?, self.operand(key)?);
        match (of, key) {
            (Operand::Root(root @ (Root::Claims | Root::Headers)), Operand::Literal(Literal::Text(key))) => {
                self.part(node, root, &key)
            }
            (Operand::Claim(mut path), Operand::Literal(Literal::Text(key))) => {
                path.push(key);
                Ok(Operand::Claim(path))
            }
            (Operand::Within(within), Operand::Literal(Literal::Text(key))) => {
                self.within(node, *within, &key)
            }
            (Operand::Term(Term::Column(column), _), Operand::Literal(Literal::Text(key)))
                if self.holds(&column) == Holds::Document =>
            {
                self.within(node, Within { column, keys: Vec::new() }, &key)
            }
            (of, _) => {
                let message = format!(
                    "{} cannot be indexed; `auth.claims`, `request.headers` and JSON can, with a text constant",
                    of.described()
                );
                self.refuse(node, message)
            }
        }
    }

    /// `has(a.b)`: whether it was sent, or is known.
    pub(super) fn has(&self, node: &IdedExpr, of: &IdedExpr) -> Checked<Cond> {
        let Expr::Select(select) = &of.expr else {
            return self.refuse(node, "has() takes a name with a dot, as in has(input.title)");
        };
        match self.operand(&select.operand)? {
            Operand::Root(Root::Input) => {
                self.field(of, &select.field, Row::INPUT)?;
                self.leaf(node, Cond::Sent(select.field.clone()))
            }
            Operand::Root(root @ (Root::Auth | Root::Claims | Root::Headers)) => {
                match self.part(of, root, &select.field)? {
                    Operand::Term(Term::Late(late), _) => self.leaf(node, Cond::Present(late)),
                    Operand::Claim(path) => self.leaf(node, Cond::Present(claim(path))),
                    other => self.refuse(node, format!("{} is always there", other.described())),
                }
            }
            Operand::Claim(mut path) => {
                path.push(select.field.clone());
                self.leaf(node, Cond::Present(claim(path)))
            }
            Operand::Term(Term::Column(_), FieldKind::Json) | Operand::Within(_) => match self.operand(of)? {
                Operand::Within(within) => self.leaf(node, Cond::Has(within)),
                other => self.refuse(node, format!("{} is always there", other.described())),
            },
            _ => {
                let message = "has() asks whether something was sent or is known: has(input.title), \
                               has(auth.email), has(auth.claims.team), has(document.key); for a field write `field != null`";
                self.refuse(node, message)
            }
        }
    }

    /// `'name' in auth.claims`, or `in request.headers`.
    pub(super) fn key_in(&self, node: &IdedExpr, key: &Operand, root: Root) -> Checked<Cond> {
        match (key, root) {
            (Operand::Literal(Literal::Text(key)), Root::Claims) => {
                self.leaf(node, Cond::Present(claim(vec![key.clone()])))
            }
            (Operand::Literal(Literal::Text(key)), Root::Headers) => {
                let header = self.header(node, key)?;
                self.leaf(node, Cond::Present(header))
            }
            _ => self.refuse(node, format!("only text constants are looked for in `{}`", root.name())),
        }
    }
}

fn late(late: Late) -> Operand {
    let kind = late.kind();
    Operand::Term(Term::Late(late), kind)
}

fn claim(path: Vec<String>) -> Late {
    Late::Claim(path, FieldKind::Text)
}
