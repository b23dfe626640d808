//! Records that point to a record, by the name `<collection>_via_<field>`.

use std::sync::Arc;

use super::vocabulary::{Catalogue, Field, Holds, Model, Reach, Vocabulary, Way, nearest};
use crate::ids::CollectionId;

/// What stands between a collection's name and its field's.
const VIA: &str = "_via_";

/// What the records are called that point to a record by that field of that collection.
pub(crate) fn name_of_referrers(collection: &str, field: &str) -> String {
    format!("{collection}{VIA}{field}")
}

/// A field that points to records of a collection, with the collection that has it.
pub(super) struct Referrers<'m> {
    pub(super) model: &'m Arc<Model>,
    /// What the field is called.
    pub(super) name: &'m str,
    pub(super) field: &'m Field,
}

/// Who is called so.
pub(super) enum Called<'m> {
    Nobody,
    One(Referrers<'m>),
    /// `a_via_b` by `c` is called as `a` by `b_via_c` is.
    More,
}

impl Field {
    fn points_to(&self, collection: CollectionId) -> bool {
        match self.holds {
            Holds::One(target) | Holds::Many { target, .. } => target == collection,
            Holds::Value | Holds::Texts | Holds::Document => false,
        }
    }
}

impl Catalogue {
    fn referrers<'m>(&'m self, target: CollectionId, name: &str) -> impl Iterator<Item = Referrers<'m>> {
        name.match_indices(VIA).filter_map(move |(at, _)| {
            let model = self.named(name.get(..at)?)?;
            let (name, field) = model.fields.get_key_value(name.get(at + VIA.len()..)?)?;
            field.points_to(target).then_some(Referrers { model, name, field })
        })
    }
}

impl Vocabulary<'_> {
    /// The records of that name that point to records of a collection, where the author of the expression may know of
    /// the field that does. A field of the collection's own has the name for itself, also where it is hidden.
    pub(super) fn referrers(&self, target: &Model, name: &str) -> Called<'_> {
        if target.fields.contains_key(name) {
            return Called::Nobody;
        }
        let mut found = self
            .catalogue()
            .referrers(target.id, name)
            .filter(|found| self.shows(found.model, found.name, found.field));
        match (found.next(), found.next()) {
            (None, _) => Called::Nobody,
            (Some(one), None) => Called::One(one),
            (Some(_), Some(_)) => Called::More,
        }
    }

    /// The name that is nearest, of the fields of a record and of those that point to it, if one is near enough to have
    /// been meant.
    pub(super) fn nearest(&self, model: &Model, name: &str) -> Option<String> {
        let own = model.fields.iter().filter(|(name, field)| self.shows(model, name, field));
        let own = own.map(|(name, _)| name.as_str());
        let mut pointing = Vec::new();
        for other in self.catalogue().models() {
            let fields = other.fields.iter();
            let fields: Vec<_> = fields
                .filter(|(name, field)| field.points_to(model.id) && self.shows(other, name, field))
                .collect();
            if !fields.is_empty() && !matches!(self.reach(other.id, Way::Back), Reach::None) {
                pointing.extend(fields.into_iter().map(|(field, _)| name_of_referrers(&other.name, field)));
            }
        }
        nearest(name, own.chain(pointing.iter().map(String::as_str))).map(str::to_owned)
    }
}
