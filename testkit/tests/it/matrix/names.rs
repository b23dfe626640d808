//! What things are called: in the tenant that asks, in another one, and nowhere.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::operations::Input;

/// Stands in every text of the other tenant.
pub(super) const CANARY: &str = "xqcanary";
/// Takes its place in the names that nothing has, which are as long.
const ABSENT: &str = "xqabsent";

/// What things are called on one side.
#[derive(Debug, Clone, Default)]
pub(super) struct Names {
    pub(super) tenant: String,
    pub(super) slug: String,
    pub(super) key: String,
    pub(super) key_name: String,
    pub(super) collection: String,
    pub(super) collection_name: String,
    pub(super) record: String,
    pub(super) field: String,
    pub(super) value: String,
    /// `next_cursor` of a list of records.
    pub(super) cursor: String,
    /// In its quotes.
    pub(super) etag: String,
    pub(super) once: String,
    /// A user, by id.
    pub(super) user: String,
    pub(super) email: String,
    /// A session of theirs.
    pub(super) session: String,
    /// A mail, by id.
    pub(super) mail: String,
    /// An entry of the audit log, by id.
    pub(super) audit: String,
    /// An invitation, by id.
    pub(super) invitation: String,
    /// A provider of sign-in, by name.
    pub(super) provider: String,
    /// A factor of theirs.
    pub(super) factor: String,
    /// A member, by the id of their account.
    pub(super) account: String,
    /// A session of an account.
    pub(super) account_session: String,
    /// A token of an account.
    pub(super) account_token: String,
    /// An invitation to be a member, by id.
    pub(super) tenant_invitation: String,
    /// A role, by name.
    pub(super) role: String,
}

impl Names {
    /// What a tenant's own things are called, and what new ones may be, as far as that is alike in all.
    pub(super) fn own() -> Self {
        Self {
            key_name: "own key".to_owned(),
            collection_name: "fresh".to_owned(),
            field: "title".to_owned(),
            value: "own value".to_owned(),
            email: "own@example.com".to_owned(),
            provider: "own-idp".to_owned(),
            role: "own-role".to_owned(),
            ..Self::default()
        }
    }

    /// In how many ways an input of that kind names something.
    pub(super) const fn spellings(input: Input) -> usize {
        match input {
            Input::Filter | Input::Condition => 3,
            Input::Tenant | Input::Key | Input::Collection | Input::Sort | Input::Fields => 2,
            Input::Plain(_) => 0,
            Input::Record
            | Input::User
            | Input::Session
            | Input::Mail
            | Input::MailCursor
            | Input::AuditCursor
            | Input::Invitation
            | Input::InvitationCursor
            | Input::Provider
            | Input::Factor
            | Input::Account
            | Input::AccountSession
            | Input::AccountToken
            | Input::TenantInvitation
            | Input::Role
            | Input::TenantCursor
            | Input::KeyCursor
            | Input::RecordCursor
            | Input::Etag
            | Input::Unique
            | Input::Once => 1,
        }
    }

    /// What an input is sent with, in one of the ways to name it: an id first, then a name.
    pub(super) fn spelled(&self, input: Input, way: usize) -> String {
        let first = way == 0;
        match input {
            Input::Tenant => if first { &self.tenant } else { &self.slug }.clone(),
            Input::Key => if first { &self.key } else { &self.key_name }.clone(),
            Input::Collection => if first { &self.collection } else { &self.collection_name }.clone(),
            Input::Record => self.record.clone(),
            Input::User => self.user.clone(),
            Input::Session => self.session.clone(),
            Input::Mail | Input::MailCursor => self.mail.clone(),
            Input::AuditCursor => self.audit.clone(),
            Input::Invitation | Input::InvitationCursor => self.invitation.clone(),
            Input::Provider => self.provider.clone(),
            Input::Factor => self.factor.clone(),
            Input::Account => self.account.clone(),
            Input::AccountSession => self.account_session.clone(),
            Input::AccountToken => self.account_token.clone(),
            Input::TenantInvitation => self.tenant_invitation.clone(),
            Input::Role => self.role.clone(),
            Input::Filter | Input::Condition => match way {
                0 => format!("id == '{}'", self.record),
                1 => format!("title == '{}'", self.value),
                _ => format!("{} == '{}'", self.field, self.value),
            },
            Input::Sort => format!("{}{}", if first { "" } else { "-" }, self.field),
            Input::Fields => format!("{}{}", if first { "" } else { "id," }, self.field),
            Input::Unique => self.field.clone(),
            Input::TenantCursor => self.tenant.clone(),
            Input::KeyCursor => self.key.clone(),
            Input::RecordCursor => self.cursor.clone(),
            Input::Etag => self.etag.clone(),
            Input::Once => self.once.clone(),
            Input::Plain(value) => value.to_owned(),
        }
    }

    /// Every name, in the same order on every side.
    pub(super) fn all(&self) -> [&str; 25] {
        [
            &self.tenant,
            &self.slug,
            &self.key,
            &self.key_name,
            &self.collection,
            &self.collection_name,
            &self.record,
            &self.field,
            &self.value,
            &self.cursor,
            &self.etag,
            &self.once,
            &self.user,
            &self.email,
            &self.session,
            &self.mail,
            &self.audit,
            &self.invitation,
            &self.provider,
            &self.factor,
            &self.account,
            &self.account_session,
            &self.account_token,
            &self.tenant_invitation,
            &self.role,
        ]
    }

    /// Names that nothing has, as like these as can be: ids stand beside theirs in every order.
    pub(super) fn absent(&self) -> Self {
        let word = |text: &str| text.replace(CANARY, ABSENT);
        Self {
            tenant: beside(&self.tenant),
            slug: word(&self.slug),
            key: beside(&self.key),
            key_name: word(&self.key_name),
            collection: beside(&self.collection),
            collection_name: word(&self.collection_name),
            record: beside(&self.record),
            field: word(&self.field),
            value: word(&self.value),
            cursor: cursor_beside(&self.cursor),
            etag: "\"0\"".to_owned(),
            once: word(&self.once),
            user: beside(&self.user),
            email: word(&self.email),
            session: beside(&self.session),
            mail: beside(&self.mail),
            audit: beside(&self.audit),
            invitation: beside(&self.invitation),
            provider: word(&self.provider),
            factor: beside(&self.factor),
            account: beside(&self.account),
            account_session: beside(&self.account_session),
            account_token: beside(&self.account_token),
            tenant_invitation: beside(&self.tenant_invitation),
            role: word(&self.role),
        }
    }
}

/// The id that has another last digit.
fn beside(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 1);
    format!("{rest}{}", if last == "0" { "1" } else { "0" })
}

/// A cursor of the same make, of another list and after another record.
fn cursor_beside(cursor: &str) -> String {
    let parts: Vec<String> = serde_json::from_slice(&URL_SAFE_NO_PAD.decode(cursor).unwrap()).unwrap();
    let (list, record) = (parts[0].chars().rev().collect::<String>(), beside(&parts[1]));
    URL_SAFE_NO_PAD.encode(serde_json::to_string(&[list, record]).unwrap())
}
