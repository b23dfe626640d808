//! What is to be said against the rules of a tenant. Only what is certain is said: who is told of holes where there are
//! none reads no further.

use std::sync::Arc;

use super::{RuleName, Standing, standing};
use crate::access::{CollectionsRead, Permit, TenantScope};
use crate::auth::SignUp;
use crate::collections::Collection;
use crate::expr::{Certainty, Checked, Joint, Part, parts};
use crate::records::service::Records;

/// What kind of finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FindingCode {
    /// The rule holds for everybody.
    OpenToEverybody,
    /// The rule holds for nobody, or a part of it changes nothing.
    Unreachable,
    /// Lists that the rule binds look through all records.
    NoIndex,
    /// Records are changed, and then shown, that may not be read.
    WriteWiderThanRead,
    /// An address is trusted that nobody has shown to be theirs.
    UnverifiedEmail,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// It may well be meant.
    Info,
    /// It is most likely not what was meant.
    Warning,
    /// It lets everybody do harm.
    Critical,
}

/// Something to be said against a rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The collection's name.
    pub collection: String,
    /// Which rule.
    pub rule: RuleName,
    /// Of which field, if it is a field's.
    pub field: Option<String>,
    /// What kind of finding.
    pub code: FindingCode,
    /// How bad it is.
    pub severity: Severity,
    /// What it is, in words.
    pub message: String,
    /// Where in the rule: characters from its start.
    pub at: usize,
}

/// What of a collection is found, one after the other.
struct Linter<'c> {
    collection: &'c Collection,
    found: Vec<Finding>,
}

impl TenantScope {
    /// What is to be said against the rules of all collections, by the collections' names.
    pub fn lint_rules(&self, permit: &Permit<CollectionsRead>) -> Vec<Finding> {
        let any_address = self.takes_any_address();
        let collections = self.collections(permit).into_iter();
        collections.flat_map(|collection| self.lint(&collection, any_address)).collect()
    }

    fn lint(&self, collection: &Arc<Collection>, any_address: bool) -> Vec<Finding> {
        let mut linter = Linter { collection, found: Vec::new() };
        for rule in standing(collection) {
            let (Some(source), Some(checked)) = (rule.source, rule.checked) else { continue };
            linter.openness(&rule, checked);
            linter.reach(&rule, source, checked);
            if rule.name == RuleName::List {
                let records = Records { scope: self, collection: Arc::clone(collection) };
                linter.index(&rule, records.missing_index(std::slice::from_ref(checked), &[]));
            }
            if any_address && collection.users.is_none() && checked.trusts_any_address() {
                let message = "anybody signs up with any address, and this rule trusts `auth.email`: let it ask for \
                               `auth.verified`, too";
                linter.add(&rule, (FindingCode::UnverifiedEmail, Severity::Warning), message.to_owned(), 0);
            }
        }
        linter.found
    }

    /// Whether somebody signs in with an address that they have not shown to be theirs.
    fn takes_any_address(&self) -> bool {
        let settings = self.tenant().auth().settings();
        let is_asked = self.tenant().users().is_some_and(|users| users.rules.create.is_some());
        settings.sign_up == SignUp::Open
            && settings.methods.password
            && !settings.require_verification
            && !is_asked
    }
}

impl Linter<'_> {
    fn add(&mut self, rule: &Standing<'_>, kind: (FindingCode, Severity), message: String, at: usize) {
        let (code, severity) = kind;
        self.found.push(Finding {
            collection: self.collection.name().to_owned(),
            rule: rule.name,
            field: rule.field.map(str::to_owned),
            code,
            severity,
            message,
            at,
        });
    }

    /// A rule that holds for everybody. Of a field it says what is so without it.
    fn openness(&mut self, rule: &Standing<'_>, checked: &Checked) {
        if rule.field.is_some() || checked.certainty() != Certainty::Always {
            return;
        }
        let shows_addresses = self.collection.users.is_some_and(|users| {
            let field = self.collection.definition().fields.get(users.email);
            field.is_some_and(|field| !field.hidden && field.rules.read.is_none())
        });
        let (severity, what) = match rule.name {
            RuleName::List | RuleName::View if shows_addresses => {
                (Severity::Warning, "sees the users with their addresses")
            }
            RuleName::List | RuleName::View | RuleName::Read => (Severity::Info, "sees all records"),
            RuleName::Create => (Severity::Warning, "makes records"),
            RuleName::Update | RuleName::Write => (Severity::Critical, "changes all records"),
            RuleName::Delete => (Severity::Critical, "deletes all records"),
        };
        let message = format!("everybody {what}, also who is not signed in");
        self.add(rule, (FindingCode::OpenToEverybody, severity), message, 0);
        let is_seen = |view: &Checked| view.certainty() == Certainty::Always;
        if rule.name == RuleName::Update && !self.collection.rules.view.as_ref().is_some_and(is_seen) {
            let message = "whoever changes a record is shown it, and everybody may: the `view` rule keeps nobody from it";
            let kind = (FindingCode::WriteWiderThanRead, Severity::Critical);
            self.add(rule, kind, message.to_owned(), 0);
        }
    }

    /// A rule that never holds, or a part that changes nothing. Who writes `false` means it.
    fn reach(&mut self, rule: &Standing<'_>, source: &str, checked: &Checked) {
        match checked.certainty() {
            Certainty::Never if source.trim() == "false" => {}
            Certainty::Never => {
                let message =
                    "this never holds, whoever asks and whatever the record: it is as good as no rule";
                let kind = (FindingCode::Unreachable, Severity::Warning);
                self.add(rule, kind, message.to_owned(), 0);
            }
            Certainty::Open if checked.has_certain_parts() => {
                let parts = parts(source, &rule.name.vocabulary(self.collection)).unwrap_or_default();
                for (part, message) in idle(&parts) {
                    self.add(rule, (FindingCode::Unreachable, Severity::Warning), message, part.at);
                }
            }
            Certainty::Open | Certainty::Always => {}
        }
    }

    fn index(&mut self, rule: &Standing<'_>, missing: Option<Vec<String>>) {
        let Some(fields) = missing else { return };
        let fields = fields.iter().map(|field| format!("`{field}`")).collect::<Vec<_>>().join(", ");
        let message = format!("no index begins with {fields}, so that lists look through all records");
        self.add(rule, (FindingCode::NoIndex, Severity::Info), message, 0);
    }
}

/// Parts that change nothing, and why: what never holds beside `||`, and what always holds beside `&&`. Beneath `!` an
/// error and false are not the same, so that nothing is said of what stands there.
fn idle(parts: &[Part]) -> Vec<(&Part, String)> {
    let mut idle = Vec::new();
    // What the parts around the one at hand are put together by; nothing where it makes no difference any more.
    let mut around: Vec<Option<Joint>> = Vec::new();
    for part in parts {
        around.truncate(part.depth);
        let message = match (around.last().copied().flatten(), part.checked.certainty()) {
            (Some(Joint::Or), Certainty::Never) => Some("never holds, so that it adds nothing"),
            (Some(Joint::And), Certainty::Always) => Some("always holds, so that it asks for nothing"),
            _ => None,
        };
        let is_open = around.iter().all(Option::is_some);
        if let Some(message) = message.filter(|_| is_open) {
            idle.push((part, format!("`{}` {message}", part.source)));
            around.push(None);
        } else {
            around.push(part.joint.filter(|joint| *joint != Joint::Not));
        }
    }
    idle
}
