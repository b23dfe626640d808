//! The collection of a tenant's users. Its records are made like any other's, but for the fields that auth owns: these
//! are there whatever a developer writes, and no operation on records sets them.

use super::definition::{Definition, NewCollection, Rules};
use super::field::NewField;
use super::field_type::FieldType;
use crate::invalid::{Findings, Invalid};

/// What the collection is called.
pub(crate) const USERS: &str = "users";
/// The fields that auth owns.
const OWNED: [&str; 4] = ["email", "verified", "disabled", "roles"];

/// Where the fields that auth owns stand among the fields of the collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct UserFields {
    /// The address that the user signs in with; null where there is none.
    pub(crate) email: usize,
    /// Whether the user has shown that it is theirs.
    pub(crate) verified: usize,
    /// Whether the user is kept out.
    pub(crate) disabled: usize,
    /// What rules see as `auth.roles`.
    pub(crate) roles: usize,
}

impl UserFields {
    /// Of the design of the users' collection; `None` of any other.
    pub(crate) fn of(definition: &Definition) -> Option<Self> {
        if definition.name.as_str() != USERS {
            return None;
        }
        let place = |name: &str, fits: fn(&FieldType) -> bool| {
            definition.fields.iter().position(|field| field.name.as_str() == name && fits(&field.kind))
        };
        Some(Self {
            email: place("email", |kind| matches!(kind, FieldType::Email))?,
            verified: place("verified", |kind| matches!(kind, FieldType::Bool))?,
            disabled: place("disabled", |kind| matches!(kind, FieldType::Bool))?,
            roles: place("roles", |kind| matches!(kind, FieldType::MultiSelect { .. }))?,
        })
    }

    /// Whether auth owns the field at that place.
    pub(crate) const fn owns(&self, place: usize) -> bool {
        place == self.email || place == self.verified || place == self.disabled || place == self.roles
    }
}

/// The collection as it is made where a developer has not designed it yet: all see and change themselves.
pub(crate) fn new() -> NewCollection {
    let own = Some("record.id == auth.id".to_owned());
    let rules = Rules { view: own.clone(), update: own.clone(), delete: own, ..Rules::default() };
    NewCollection { name: USERS.to_owned(), rules, ..NewCollection::default() }
}

/// Puts the fields that auth owns first, and says what is wrong with how a developer has written them: of these
/// `options` of `roles` is the developer's, and which are hidden.
pub(super) fn complete(new: &mut NewCollection) -> Result<(), Invalid> {
    if new.name != USERS {
        return Ok(());
    }
    let mut findings = Findings::default();
    let mut missing = Vec::new();
    for mut owned in owned() {
        let Some(at) = new.fields.iter().position(|field| field.name == owned.name) else {
            missing.push(owned);
            continue;
        };
        let Some(written) = new.fields.get_mut(at) else { continue };
        if owned.name == "roles" {
            owned.options.clone_from(&written.options);
            owned.max_items = written.max_items;
        }
        owned.hidden |= written.hidden;
        // Null is what these are by default.
        written.nullable = written.nullable.or(owned.nullable);
        if *written != owned {
            let message = format!(
                "`{}` belongs to auth: leave it out, or write it as it is shown; the options of `roles` and which of \
                 these fields are hidden can be chosen",
                owned.name
            );
            findings.add(format!("/fields/{at}"), "owned_by_auth", message);
        }
    }
    new.fields.splice(0..0, missing);
    findings.finish(Some(()))
}

/// Whether auth owns the field of that name, in the users' collection.
pub(super) fn is_owned(name: &str) -> bool {
    OWNED.contains(&name)
}

fn owned() -> [NewField; 4] {
    let field = |name: &str, kind: &str| NewField {
        name: name.to_owned(),
        kind: kind.to_owned(),
        nullable: Some(true),
        ..NewField::default()
    };
    let flag = |name| NewField {
        nullable: Some(false),
        default: Some(serde_json::Value::Bool(false)),
        ..field(name, "bool")
    };
    [
        NewField { unique: true, ignore_case: true, ..field("email", "email") },
        flag("verified"),
        NewField { hidden: true, ..flag("disabled") },
        NewField { options: Some(vec!["admin".to_owned()]), ..field("roles", "multi_select") },
    ]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(collection: serde_json::Value) -> Result<Definition, Invalid> {
        Definition::try_from(serde_json::from_value::<NewCollection>(collection).unwrap())
    }

    #[test]
    fn what_auth_owns_is_there_whatever_is_written() {
        let made = Definition::try_from(new()).unwrap();
        assert!(UserFields::of(&made).is_some());
        let extended = json!({"name": "users", "fields": [
            {"name": "team", "type": "text"},
            {"name": "roles", "type": "multi_select", "options": ["editor", "author"]},
        ]});
        let made = read(extended).unwrap();
        let names: Vec<_> = made.fields.iter().map(|field| field.name.as_str()).collect();
        assert_eq!(names, ["email", "verified", "disabled", "team", "roles"]);
        // What is shown can be written back.
        let mut again = NewCollection { name: "users".to_owned(), ..NewCollection::default() };
        again.fields = made.fields.iter().cloned().map(NewField::from).collect();
        assert_eq!(Definition::try_from(again).unwrap().fields, made.fields);
    }

    #[test]
    fn what_auth_owns_cannot_be_something_else() {
        let refused = read(json!({"name": "users", "fields": [
            {"name": "email", "type": "text"},
            {"name": "verified", "type": "bool", "default": true},
        ]}))
        .unwrap_err();
        let places: Vec<_> = refused.details().iter().map(|detail| detail.pointer.as_str()).collect();
        assert_eq!(places, ["/fields/0", "/fields/1"]);
        assert!(read(json!({"name": "members", "fields": [{"name": "email", "type": "text"}]})).is_ok());
    }
}
