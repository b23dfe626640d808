//! Generated from `openapi.yaml` by `make generate`. Not to be changed by hand.

/// The document's enumerations.
pub mod enums {
    crate::open_enum! {
        /// What is done with a record.
        BatchMethod {
            Create = "create",
            Update = "update",
            Upsert = "upsert",
            Delete = "delete",
        }
    }
    crate::open_enum! {
        /// Whether and how the total is counted.
        CountMode {
            Exact = "exact",
            Estimated = "estimated",
        }
    }
    crate::open_enum! {
        /// What a factor is.
        FactorKind {
            Totp = "totp",
            Passkey = "passkey",
        }
    }
    crate::open_enum! {
        /// How records are written in a file.
        FileFormat {
            Ndjson = "ndjson",
            Json = "json",
            Csv = "csv",
        }
    }
    crate::open_enum! {
        /// For what an index is.
        IndexKind {
            Ordered = "ordered",
            Search = "search",
        }
    }
    crate::open_enum! {
        /// What a key is for.
        KeyKind {
            Publishable = "publishable",
            Secret = "secret",
        }
    }
    crate::open_enum! {
        /// Where a mail stands.
        MailState {
            Queued = "queued",
            Sent = "sent",
            Failed = "failed",
        }
    }
    crate::open_enum! {
        /// How vectors are compared.
        MetricMode {
            Cosine = "cosine",
            L2 = "l2",
        }
    }
    crate::open_enum! {
        /// What to do after a line that failed.
        OnError {
            Stop = "stop",
            Skip = "skip",
        }
    }
    crate::open_enum! {
        /// What to do with rows that have other numbers of cells than the first line.
        RaggedRows {
            Refuse = "refuse",
            Pad = "pad",
        }
    }
    crate::open_enum! {
        /// What a change did.
        RevisionAction {
            Created = "created",
            Updated = "updated",
            Deleted = "deleted",
        }
    }
    crate::open_enum! {
        /// What a rule says.
        RuleAnswer {
            Allowed = "allowed",
            Refused = "refused",
            Error = "error",
            Undecided = "undecided",
        }
    }
    crate::open_enum! {
        /// What kind of finding.
        RuleFindingCode {
            OpenToEverybody = "open_to_everybody",
            Unreachable = "unreachable",
            NoIndex = "no_index",
            WriteWiderThanRead = "write_wider_than_read",
            UnverifiedEmail = "unverified_email",
        }
    }
    crate::open_enum! {
        /// How bad it is.
        RuleFindingSeverity {
            Info = "info",
            Warning = "warning",
            Critical = "critical",
        }
    }
    crate::open_enum! {
        /// Which rule.
        RuleName {
            List = "list",
            View = "view",
            Create = "create",
            Update = "update",
            Delete = "delete",
            Read = "read",
            Write = "write",
        }
    }
    crate::open_enum! {
        /// What puts parts of a rule together.
        RuleOperator {
            And = "and",
            Or = "or",
            Not = "not",
        }
    }
    crate::open_enum! {
        /// Why an answer is what it is.
        RuleReason {
            Rule = "rule",
            Scope = "scope",
            NoRule = "no_rule",
            SignUp = "sign_up",
            Input = "input",
        }
    }
    crate::open_enum! {
        /// What a part of a rule comes to.
        RuleValue {
            True = "true",
            False = "false",
            Error = "error",
        }
    }
    crate::open_enum! {
        /// What kind of change it was.
        SchemaMigrationAction {
            Create = "create",
            Update = "update",
            Delete = "delete",
            Baseline = "baseline",
        }
    }
    crate::open_enum! {
        /// By what a second factor is shown.
        SecondFactorMethod {
            Totp = "totp",
            RecoveryCode = "recovery_code",
        }
    }
    crate::open_enum! {
        /// Whether users show a second factor when they sign in.
        SecondFactorPolicy {
            Optional = "optional",
            Required = "required",
            Off = "off",
        }
    }
    crate::open_enum! {
        /// Who may sign up.
        SignUpPolicy {
            Open = "open",
            Invitation = "invitation",
            Closed = "closed",
        }
    }
    crate::open_enum! {
        /// What was asked for.
        SlowQueryOperation {
            List = "list",
            Read = "read",
            Aggregate = "aggregate",
            Export = "export",
            Count = "count",
            Create = "create",
            Update = "update",
            Upsert = "upsert",
            Delete = "delete",
            UpdateMany = "update_many",
            DeleteMany = "delete_many",
        }
    }
    crate::open_enum! {
        /// By what it is shown anew who calls.
        StepUpMethod {
            Password = "password",
            Totp = "totp",
            RecoveryCode = "recovery_code",
            Passkey = "passkey",
        }
    }
    crate::open_enum! {
        /// Whether a tenant works.
        TenantState {
            Active = "active",
            Suspended = "suspended",
            Deleting = "deleting",
        }
    }
    crate::open_enum! {
        /// For what an index is.
        UnusedIndexKind {
            Ordered = "ordered",
            Search = "search",
        }
    }
}

#[allow(unused_imports)]
pub use progenitor_client::{ByteStream, ClientInfo, Error, ResponseValue};
#[allow(unused_imports)]
use progenitor_client::{ClientHooks, OperationInfo, RequestBuilderExt, encode_path};
/// Types used as operation parameters and responses.
#[allow(clippy::all)]
pub mod types {
    /// An invitation that is taken.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AcceptInvitation {
        /// The user's password, if they are to sign in with one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// `token` of the link.
        pub token: crate::Secret,
    }
    /// An account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Account {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its address.
        pub email: ::std::string::String,
        /// Its id.
        pub id: ::std::string::String,
        /// Whether it runs the platform.
        pub operator: bool,
        /// Where it is a member.
        pub tenants: ::std::vec::Vec<AccountTenant>,
    }
    /// What is to change of the account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountPatch {
        /// The one that is to be: at least 15 characters.
        pub new_password: crate::Secret,
        /// The password of now.
        pub password: crate::Secret,
    }
    /// A password that is set by a secret.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountReset {
        /// The password that is to be.
        pub password: crate::Secret,
        /// The secret that the machine has printed.
        pub token: crate::Secret,
    }
    /// A sign-in of an account that has not ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountSession {
        /// When it began.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// When it ends, however much it is used.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id.
        pub id: ::std::string::String,
        /// Where it began.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ip: ::std::option::Option<::std::string::String>,
        /// When it was last used, to the minute. It ends after a quarter of an hour without use.
        pub seen_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// What the client called itself when it began.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub user_agent: ::std::option::Option<::std::string::String>,
    }
    /// Sessions of an account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountSessionList {
        /// The sessions.
        pub items: ::std::vec::Vec<AccountSession>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What a client gets to be known by.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountSignedIn {
        /// The session.
        pub session: AccountSession,
        /// To be sent as `Authorization: Bearer …`. Shown once.
        pub token: crate::Secret,
    }
    /// An account's place in a tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountTenant {
        /// The tenant's id.
        pub id: ::std::string::String,
        /// Its name for people.
        pub name: ::std::string::String,
        /// The account's role there.
        pub role: ::std::string::String,
        /// Its slug.
        pub slug: ::std::string::String,
    }
    /// A personal access token.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountToken {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// From when on it is refused.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its first characters, to tell tokens apart.
        pub hint: ::std::string::String,
        /// Its id.
        pub id: ::std::string::String,
        /// When it was last used, to the minute.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its name for people.
        pub name: ::std::string::String,
        /// What it may do in tenants at most; not there where that is all that the account may.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub scopes: ::std::vec::Vec<::std::string::String>,
        /// What is to be presented. Shown when the token is made, and never again.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
    }
    /// Tokens of an account.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AccountTokenList {
        /// The tokens.
        pub items: ::std::vec::Vec<AccountToken>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to be said about a collection's indexes.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Advice {
        /// Whether all kinds of lists could be told apart. Else no index is called unused.
        pub complete: bool,
        /// Indexes that would help; that which would help most lists comes first. An index costs something with each write:
        /// a collection with few records needs none.
        pub missing_indexes: ::std::vec::Vec<MissingIndex>,
        /// Since when the process that answers has seen lists of the tenant's collections as they are: since it started, or
        /// since one was last changed.
        pub since: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Indexes that no list since then can have used. Those that keep something unique are not among them.
        pub unused_indexes: ::std::vec::Vec<UnusedIndex>,
    }
    /// Whose passkey is asked for.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AskPasskey {
        /// The token that came with `second_factor_needed`; without it any passkey will do, and says whose it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
    }
    /// Something that was done.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AuditEntry {
        /// What it was: `auth.user.signed_in`.
        pub action: ::std::string::String,
        /// Who has done it: `user:…`, `key_…`, `acc_…`, `anonymous`; `user:… by …` where somebody acts as a user.
        pub actor: ::std::string::String,
        /// When it was done.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// What else is to be said of it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub details: ::std::option::Option<::std::string::String>,
        /// Its id.
        pub id: ::std::string::String,
        /// From where.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ip: ::std::option::Option<::std::string::String>,
        /// In which request.
        pub request_id: ::std::string::String,
        /// Whom or what it concerns: the id of a user, a key or a collection.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub subject: ::std::option::Option<::std::string::String>,
    }
    /// A page of the audit log.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AuditLog {
        /// What was done, latest first.
        pub items: ::std::vec::Vec<AuditEntry>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// How long the entries of an audit log are kept.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AuditSettings {
        /// Days, at least 1; for as long as the tenant is there if not given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days: ::std::option::Option<u32>,
    }
    /// A tenant's settings of auth.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AuthSettings {
        /// Minutes that an access token is good for.
        pub access_token_minutes: u32,
        /// The address of the app, to which links in mails lead where a request names no other; null where there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub app_url: ::std::option::Option<::std::string::String>,
        /// The language of mails, where a request names no other.
        pub mail_locale: ::std::string::String,
        /// Mails that may be caused in an hour.
        pub mails_per_hour: u32,
        /// By what users sign in.
        pub methods: SignInMethods,
        /// Which site passkeys are for; without it there are none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub passkeys: ::std::option::Option<PasskeySettings>,
        /// Characters that a password has at least.
        pub password_min_length: u32,
        /// Addresses to which a sign-in or a link in a mail may lead back, with what lies below them.
        pub redirect_urls: ::std::vec::Vec<::std::string::String>,
        /// Whether only those sign in whose e-mail address is verified.
        pub require_verification: bool,
        /// Whether users show a second factor when they sign in.
        pub second_factor: crate::generated::enums::SecondFactorPolicy,
        /// Days after which a session ends, however much it is used.
        pub session_days: u32,
        /// Who may sign up.
        pub sign_up: crate::generated::enums::SignUpPolicy,
        /// Minutes for which it counts that a user has shown who they are, when they do what is dangerous.
        pub step_up_minutes: u32,
    }
    /// What is to change of a tenant's settings of auth.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct AuthSettingsPatch {
        /// Minutes that an access token is good for: 5 to 60.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub access_token_minutes: ::std::option::Option<u32>,
        /// The address of the app, or null for none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub app_url: ::std::option::Option<::std::string::String>,
        /// The language of mails, where a request names no other: `en`, `pt-BR`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub mail_locale: ::std::option::Option<::std::string::String>,
        /// Mails that may be caused in an hour: 1 to 1,000,000.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub mails_per_hour: ::std::option::Option<u32>,
        /// Ways to sign in that are to be on or off.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub methods: ::std::option::Option<SignInMethodsPatch>,
        /// Which site passkeys are for, or null for none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub passkeys: ::std::option::Option<PasskeySettings>,
        /// Characters that a password has at least: 8 to 128.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password_min_length: ::std::option::Option<u32>,
        /// All addresses to which a sign-in or a link in a mail may lead back.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub redirect_urls: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Whether only those sign in whose e-mail address is verified.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub require_verification: ::std::option::Option<bool>,
        /// Whether users show a second factor when they sign in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub second_factor: ::std::option::Option<crate::generated::enums::SecondFactorPolicy>,
        /// Days after which a session ends, however much it is used: 1 to 365.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub session_days: ::std::option::Option<u32>,
        /// Who may sign up.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sign_up: ::std::option::Option<crate::generated::enums::SignUpPolicy>,
        /// Minutes for which it counts that a user has shown who they are, when they do what is dangerous: 1 to 60.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub step_up_minutes: ::std::option::Option<u32>,
    }
    /// A provider as everybody sees it.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AvailableProvider {
        /// Its kind.
        pub kind: ::std::string::String,
        /// What it is called in addresses.
        pub name: ::std::string::String,
        /// What stands on a button.
        pub title: ::std::string::String,
    }
    /// Providers by which users can sign in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct AvailableProviderList {
        /// The providers.
        pub items: ::std::vec::Vec<AvailableProvider>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// Writes that are done together or not at all.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Batch {
        /// What to do, in this order.
        pub operations: ::std::vec::Vec<BatchOperation>,
    }
    /// One write.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BatchOperation {
        /// A name for the record that is made. Later operations write `$` and this name for its id, in `id` and in
        /// relations.
        #[serde(rename = "as", skip_serializing_if = "::std::option::Option::is_none")]
        pub as_: ::std::option::Option<::std::string::String>,
        /// The collection's name or id.
        pub collection: ::std::string::String,
        /// The record's id, or `$` and the name of one that was made before. Of `create` only where the client chooses it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::std::string::String>,
        /// The `ETag` of the record that is to be changed; 412 if it is another by now.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub if_match: ::std::option::Option<::std::string::String>,
        /// Of `upsert`, instead of the id: a unique field, or the fields of a unique index apart by commas. The record with
        /// these values is replaced, or there is a new one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key: ::std::option::Option<::std::string::String>,
        /// What is done.
        pub method: crate::generated::enums::BatchMethod,
        /// The fields; not of `delete`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub record: ::std::option::Option<RecordInput>,
    }
    /// What came of a batch.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BatchResults {
        /// The records as they are now, in the order of their operations; null for a deleted one.
        pub results: ::std::vec::Vec<::std::option::Option<crate::AnyRecord>>,
    }
    /// How an app begins.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BeginOAuth {
        /// The SHA-256 of a secret that stays with the app (RFC 7636, `S256`), in base64url: 43 characters.
        pub code_challenge: ::std::string::String,
        /// Where the browser is to come out: one of the tenant's `redirect_urls`.
        pub redirect_url: ::std::string::String,
        /// What the app gets back beside the code.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub state: ::std::option::Option<::std::string::String>,
    }
    /// How many records it was.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct BulkResult {
        /// How many records were written, or would be.
        pub count: u64,
        /// Whether nothing was written.
        pub dry_run: bool,
    }
    /// Another address.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ChangeEmail {
        /// The address that is to be.
        pub email: ::std::string::String,
        /// The language of the mails.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        /// The user's password; of who has none, the one that is to be from then on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// Where the links lead: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub redirect_url: ::std::option::Option<::std::string::String>,
    }
    /// A change of password.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ChangePassword {
        /// The one that is to be.
        pub new_password: crate::Secret,
        /// The password of now.
        pub password: crate::Secret,
    }
    /// A code that is on its way, if somebody has the address.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CodeAsked {
        /// To be sent with the code.
        pub id: ::std::string::String,
    }
    /// A collection.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Collection {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its fields, in the order in which records show them.
        pub fields: ::std::vec::Vec<Field>,
        /// How long the changes of its records are kept.
        pub history: HistorySettings,
        /// Its id.
        pub id: ::std::string::String,
        /// Its indexes, beside those of unique fields.
        pub indexes: ::std::vec::Vec<Index>,
        /// Its name.
        pub name: ::std::string::String,
        /// Its rules.
        pub rules: Rules,
        /// When it was last changed.
        pub updated_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// What it shows, where it is a view; `fields` are then what its records have.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub view: ::std::option::Option<View>,
    }
    /// All collections.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct CollectionList {
        /// The collections.
        pub items: ::std::vec::Vec<Collection>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a collection.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct CollectionPatch {
        /// Fields to be dropped with all their values.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub drop_fields: ::std::vec::Vec<::std::string::String>,
        /// All fields as they are to be.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fields: ::std::option::Option<::std::vec::Vec<NewField>>,
        /// How long the changes of its records are to be kept. Those that are older go within a day.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub history: ::std::option::Option<HistorySettings>,
        /// All indexes as they are to be.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub indexes: ::std::option::Option<::std::vec::Vec<Index>>,
        /// A new name. Records and their ids stay.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// All rules as they are to be.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub rules: ::std::option::Option<Rules>,
        /// Of a view: what it shows from now on.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub view: ::std::option::Option<View>,
    }
    /// What shows that a factor works.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ConfirmFactor {
        /// A code that the app shows.
        pub code: crate::Secret,
        /// The token that came with `second_factor_enrolment_needed`, in place of a session.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
    }
    /// A factor that counts from now on.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ConfirmedFactor {
        /// The user's recovery codes, where they had none: shown once.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub recovery_codes: ::std::vec::Vec<crate::Secret>,
        /// The session, where a sign-in has waited for the factor.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub session: ::std::option::Option<SignedIn>,
    }
    /// A record that is gone.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct DeletedRecord {
        /// Who deleted it, or what it pointed to.
        pub actor: ::std::string::String,
        /// When it went.
        pub deleted_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id.
        pub id: ::std::string::String,
        /// What it was in the end.
        pub record: crate::AnyRecord,
        /// By which request.
        pub request_id: ::std::string::String,
    }
    /// Records that are gone.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct DeletedRecordList {
        /// The records, those that went last first.
        pub items: ::std::vec::Vec<DeletedRecord>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What came of a confirmation.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct EmailConfirmed {
        /// Whether the address is another now; if not, the other of the two addresses has not confirmed it yet.
        pub changed: bool,
    }
    /// How many sessions have ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct EndedSessions {
        /// How many.
        pub count: u64,
    }
    /// A code that an app was given.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ExchangeOAuth {
        /// The code.
        pub code: crate::Secret,
        /// The secret of the challenge that the app began with.
        pub code_verifier: crate::Secret,
        /// The user's own fields of the collection `users`, for the case that they are new.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub profile: ::std::option::Option<::serde_json::Value>,
    }
    /// A rule, and what it says.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ExplainedRule {
        /// What it says.
        pub answer: crate::generated::enums::RuleAnswer,
        /// Why.
        pub because: crate::generated::enums::RuleReason,
        /// Of which field, if it is a field's.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub field: ::std::option::Option<::std::string::String>,
        /// The whole rule, then its parts, each followed by its own.
        pub parts: ::std::vec::Vec<RulePart>,
        /// What is wrong with what was sent.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub problem: ::std::option::Option<::std::string::String>,
        /// Which rule.
        pub rule: crate::generated::enums::RuleName,
        /// As it is written; null where there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub source: ::std::option::Option<::std::string::String>,
        /// The condition that it is compiled to, with `?` for what a request brings.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sql: ::std::option::Option<::std::string::String>,
    }
    /// How a list is carried out.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Explanation {
        /// The fields of an index by which the records would be found, or found in their order, where there is none. An
        /// index costs something with each write: a collection with few records needs none.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub missing_index: ::std::vec::Vec<::std::string::String>,
        /// What the database says it does, line by line, in its own words.
        pub plan: ::std::vec::Vec<::std::string::String>,
        /// The statement, with the collection's name for its table.
        pub sql: ::std::string::String,
    }
    /// A factor of a user.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Factor {
        /// When it was shown to work; until then nobody is asked for it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub confirmed_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// When it was set up.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id.
        pub id: ::std::string::String,
        /// What it is.
        pub kind: crate::generated::enums::FactorKind,
        /// When it was last shown.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// What its user calls it.
        pub name: ::std::string::String,
    }
    /// Factors.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FactorList {
        /// The factors.
        pub items: ::std::vec::Vec<Factor>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        /// Recovery codes that were not used.
        pub recovery_codes_left: u32,
    }
    /// A field.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Field {
        /// Of `datetime`: `create` or `update`, if the server sets it when a record is made, or whenever it is written.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto: ::std::option::Option<::std::string::String>,
        /// To whose records it points, of `relation`: the collection's name, or its id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub collection: ::std::option::Option<::std::string::String>,
        /// The expression by which the server computes it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub computed: ::std::option::Option<::std::string::String>,
        /// What a new record has where it gives nothing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default: ::std::option::Option<::serde_json::Value>,
        /// How many numbers, of `vector`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub dimensions: ::std::option::Option<u32>,
        /// Whether only secret keys, members and operators see it.
        pub hidden: bool,
        /// Whether values that differ in nothing but case are the same.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ignore_case: ::std::option::Option<bool>,
        /// Whether it points to several records, of `relation`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub many: ::std::option::Option<bool>,
        /// The greatest value, of `int`, `float`, `decimal`, `date` and `datetime`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::serde_json::Value>,
        /// How many at most, of `multi_select` and of `relation` to many.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_items: ::std::option::Option<u32>,
        /// Characters at most, of `text` and `rich_text`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_length: ::std::option::Option<u32>,
        /// The least value, of `int`, `float`, `decimal`, `date` and `datetime`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::serde_json::Value>,
        /// Characters at least, of `text`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_length: ::std::option::Option<u32>,
        /// Its name.
        pub name: ::std::string::String,
        /// Whether it may be null.
        pub nullable: bool,
        /// What becomes of the record when one that it points to is deleted, of `relation`: `restrict` (that one cannot
        /// be), `cascade` (it is deleted, too) or `set_null` (it points there no more). By default `restrict`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub on_delete: ::std::option::Option<::std::string::String>,
        /// What may be chosen, of `select` and `multi_select`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub options: ::std::vec::Vec<::std::string::String>,
        /// Of `text`: a regular expression (of Rust's `regex`) that is found in every value.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pattern: ::std::option::Option<::std::string::String>,
        /// Digits in all, of `decimal`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub precision: ::std::option::Option<u32>,
        /// Whether a new record must give a value.
        pub required: bool,
        /// Who reads and writes it, of those whom the collection's rules let read and write the record.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub rules: ::std::option::Option<FieldRules>,
        /// Digits after the point, of `decimal`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scale: ::std::option::Option<u32>,
        /// The name of its type.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        /// Whether no two records may have the same value.
        pub unique: bool,
    }
    /// What a change did to a field.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct FieldChange {
        /// Its value after; null where there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub after: ::std::option::Option<::serde_json::Value>,
        /// Its value before; null where there was none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub before: ::std::option::Option<::serde_json::Value>,
        /// The field's name now; of a field that is no more, the one it had.
        pub field: ::std::string::String,
    }
    /// Who may read and write a field without a secret key, as conditions in CEL. Where there is none, it is whoever may read
    /// and write the record.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct FieldRules {
        /// Of which records the field is shown. Nobody asks for such a field in filters, orders, groups and the like to whom
        /// it is not shown of all.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub read: ::std::option::Option<::std::string::String>,
        /// Of which records it may be written, when they are made and when they are changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub write: ::std::option::Option<::std::string::String>,
    }
    /// The values by which a group's records are grouped, and what was computed of them.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct Group(pub ::serde_json::Map<::std::string::String, ::serde_json::Value>);
    impl ::std::ops::Deref for Group {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(&self) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<Group> for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: Group) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::serde_json::Map<::std::string::String, ::serde_json::Value>> for Group {
        fn from(value: ::serde_json::Map<::std::string::String, ::serde_json::Value>) -> Self {
            Self(value)
        }
    }
    /// Groups of records.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct GroupList {
        /// Whether there are more than were asked for.
        pub has_more: bool,
        /// The groups, each with what was computed of its records.
        pub items: ::std::vec::Vec<Group>,
    }
    /// How long the changes of a collection's records are kept, which its history is made of.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct HistorySettings {
        /// Days: 1 to 36,500. As long as the collection is there if null or not given.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub days: ::std::option::Option<u32>,
    }
    /// Whom a provider knows a user as.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Identity {
        /// When it was linked.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The address that the user has there.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        /// Whether the provider promises that it is theirs.
        pub email_verified: bool,
        /// When it was last signed in by.
        pub last_used_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The provider, by name.
        pub provider: ::std::string::String,
        /// What it calls the user.
        pub subject: ::std::string::String,
    }
    /// Identities.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct IdentityList {
        /// The identities.
        pub items: ::std::vec::Vec<Identity>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What somebody acts as a user with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Impersonation {
        /// To be sent as `Authorization: Bearer …`.
        pub access_token: crate::Secret,
        /// Seconds that it is good for. It is not renewed.
        pub expires_in: u32,
        /// Always `Bearer`.
        pub token_type: ::std::string::String,
        /// The user's record, as the user sees it.
        pub user: ::serde_json::Value,
    }
    /// What is wrong with a line.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImportError {
        /// What kind of wrong, for programs.
        pub code: ::std::string::String,
        /// Its number, from 1; in a JSON array, the place of the item.
        pub line: u64,
        /// What kind of wrong, for people.
        pub message: ::std::string::String,
        /// Where in the record, as a JSON Pointer (RFC 6901).
        pub pointer: ::std::string::String,
    }
    /// A line of the answer while an import goes on: one of these.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ImportProgress {
        /// Why it could not go on: the last line.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub problem: ::std::option::Option<Problem>,
        /// How far it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub progress: ::std::option::Option<ImportedSoFar>,
        /// What came of it: the last line.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub report: ::std::option::Option<ImportReport>,
    }
    /// What came of an import.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImportReport {
        /// Records that were made.
        pub created: u64,
        /// What is wrong, the first 100.
        pub errors: ::std::vec::Vec<ImportError>,
        /// Lines that failed.
        pub failed: u64,
        /// The line of the last record that was handled; 0 where there was none.
        pub last_line: u64,
        /// Whether the rest of the file was left out because a line failed.
        pub stopped: bool,
        /// Records that were there and were changed.
        pub updated: u64,
    }
    /// How far an import is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ImportedSoFar {
        /// Records that were made.
        pub created: u64,
        /// Lines that failed.
        pub failed: u64,
        /// The line of the last record that was handled.
        pub last_line: u64,
        /// Records that were there and were changed.
        pub updated: u64,
    }
    /// An index.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Index {
        /// The fields, most significant first; also `created_at` and `updated_at`.
        pub fields: ::std::vec::Vec<::std::string::String>,
        /// For what it is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub kind: ::std::option::Option<crate::generated::enums::IndexKind>,
        /// Whether no two records may have the same values in all of them.
        #[serde(default)]
        pub unique: bool,
        /// Which records stand in it, and are unique among themselves: a condition in CEL over their own fields.
        #[serde(rename = "where", skip_serializing_if = "::std::option::Option::is_none")]
        pub where_: ::std::option::Option<::std::string::String>,
    }
    /// An invitation that was sent and not taken yet.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Invitation {
        /// When it was sent.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The address that was invited.
        pub email: ::std::string::String,
        /// Until when it can be taken.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id.
        pub id: ::std::string::String,
        /// The roles that the user is to have.
        pub roles: ::std::vec::Vec<::std::string::String>,
    }
    /// A page of invitations.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct InvitationList {
        /// The invitations, latest first.
        pub items: ::std::vec::Vec<Invitation>,
        /// For the next page; null where there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// An issuer of tokens (of OpenID Connect Discovery 1.0 what concerns access tokens).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct IssuerMetadata {
        /// What tokens have as `iss`.
        pub issuer: ::std::string::String,
        /// Where the keys are.
        pub jwks_uri: ::std::string::String,
    }
    /// A public key (RFC 7517, RFC 8037).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Jwk {
        /// What it signs with: `EdDSA`.
        pub alg: ::std::string::String,
        /// Its curve: `Ed25519`.
        pub crv: ::std::string::String,
        /// Its name, which tokens carry.
        pub kid: ::std::string::String,
        /// The kind of key: `OKP`.
        pub kty: ::std::string::String,
        /// What it is for: `sig`.
        #[serde(rename = "use")]
        pub use_: ::std::string::String,
        /// Its bytes, in base64url.
        pub x: ::std::string::String,
    }
    /// Public keys.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Jwks {
        /// The keys.
        pub keys: ::std::vec::Vec<Jwk>,
    }
    /// A key.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Key {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// From when on it is refused.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its first characters, to tell keys apart.
        pub hint: ::std::string::String,
        /// Its id.
        pub id: ::std::string::String,
        /// What is to be presented. Shown when the key is made, and never again.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key: ::std::option::Option<crate::Secret>,
        /// What it is for.
        pub kind: crate::generated::enums::KeyKind,
        /// When it was last used, to the minute.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_used_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its name for people.
        pub name: ::std::string::String,
        /// The key that a rotation made in its place.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub replaced_by: ::std::option::Option<::std::string::String>,
        /// Since when it is refused.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub revoked_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// What it may do.
        pub scopes: ::std::vec::Vec<::std::string::String>,
    }
    /// A page of keys.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct KeyList {
        /// The keys.
        pub items: ::std::vec::Vec<Key>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A code that an app was given for a user who is signed in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct LinkIdentity {
        /// The code.
        pub code: crate::Secret,
        /// The secret of the challenge that the app began with.
        pub code_verifier: crate::Secret,
    }
    /// The token of a link.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct LinkToken {
        /// `token` of the link.
        pub token: crate::Secret,
    }
    /// A mail.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Mail {
        /// How often it was tried.
        pub attempts: i64,
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Until when what it says is worth anything.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its id.
        pub id: ::std::string::String,
        /// What was said when it was tried last and not taken.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub last_error: ::std::option::Option<::std::string::String>,
        /// In which language.
        pub locale: ::std::string::String,
        /// When it is tried next.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_attempt_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// When it was handed over.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sent_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Where it stands.
        pub state: crate::generated::enums::MailState,
        /// Its subject.
        pub subject: ::std::string::String,
        /// Which kind it is.
        pub template: ::std::string::String,
        /// Whom it is for.
        pub to: ::std::string::String,
    }
    /// What the answer to a wish for a mail tells: nothing that was not sent.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailAsked {
        /// The address that was sent.
        pub email: ::std::string::String,
    }
    /// A page of mails.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailList {
        /// The mails.
        pub items: ::std::vec::Vec<Mail>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A mail as it would be.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailPreview {
        /// The same as HTML.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<::std::string::String>,
        /// One line.
        pub subject: ::std::string::String,
        /// The text.
        pub text: ::std::string::String,
    }
    /// What the mails of one kind say in one language.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailTemplate {
        /// The same as HTML.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<::std::string::String>,
        /// The language.
        pub locale: ::std::string::String,
        /// The kind.
        pub name: ::std::string::String,
        /// One line.
        pub subject: ::std::string::String,
        /// What those read who see no HTML.
        pub text: ::std::string::String,
        /// When it was written; not there where it is the one that comes with the server.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub updated_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// What can stand in it as `{{name}}`.
        pub variables: ::std::vec::Vec<::std::string::String>,
    }
    /// Templates.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailTemplateList {
        /// The templates.
        pub items: ::std::vec::Vec<MailTemplate>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A template as it is to be.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailTemplateSource {
        /// The same as HTML. Without it, mails are text alone.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<::std::string::String>,
        /// One line, of 200 characters at most. What opens something (`link`, `token`, `code`) does not stand in it.
        pub subject: ::std::string::String,
        /// What those read who see no HTML.
        pub text: ::std::string::String,
    }
    /// A wish for a mail.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MailWish {
        /// The address.
        pub email: ::std::string::String,
        /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        /// Where the link leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub redirect_url: ::std::option::Option<::std::string::String>,
    }
    /// A member of a tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Member {
        /// The account.
        pub account: ::std::string::String,
        /// Since when.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its address.
        pub email: ::std::string::String,
        /// Its role.
        pub role: ::std::string::String,
    }
    /// Members of a tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MemberList {
        /// The members.
        pub items: ::std::vec::Vec<Member>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a member.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MemberPatch {
        /// The role that is to be.
        pub role: ::std::string::String,
    }
    /// An index that would help.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct MissingIndex {
        /// Its fields, as `indexes` of the collection takes them.
        pub fields: ::std::vec::Vec<::std::string::String>,
        /// The filter of one of them, with `?` for its constants.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub filter: ::std::option::Option<::std::string::String>,
        /// How many lists it would have helped.
        pub lists: u64,
        /// Whether the collection's list rule bound it.
        pub ruled: bool,
        /// How that one is sorted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sort: ::std::option::Option<::std::string::String>,
    }
    /// A token that is to be.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewAccountToken {
        /// From when on it is refused (RFC 3339). Never, where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its name for people.
        pub name: ::std::string::String,
        /// What it may do in tenants at most, as scopes of keys. All that the account may where nothing is said; an
        /// operator's token cannot be narrowed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scopes: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// A new collection.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewCollection {
        /// Its fields, in the order in which records show them.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub fields: ::std::vec::Vec<NewField>,
        /// How long the changes of its records are kept: 90 days by default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub history: ::std::option::Option<HistorySettings>,
        /// Its indexes, beside those of unique fields.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub indexes: ::std::vec::Vec<Index>,
        /// Its name: a letter, then letters, digits and `_`, 60 at most.
        pub name: ::std::string::String,
        /// Its rules.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub rules: ::std::option::Option<Rules>,
        /// What it shows of another collection, where it is a view. It has no `fields`, no `indexes` and no rules of writes
        /// then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub view: ::std::option::Option<View>,
    }
    /// A new field.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewField {
        /// Of `datetime`: `create` or `update`, if the server sets it when a record is made, or whenever it is written.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auto: ::std::option::Option<::std::string::String>,
        /// To whose records it points, of `relation`: the collection's name, or its id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub collection: ::std::option::Option<::std::string::String>,
        /// An expression in CEL over the record's other fields, of a field that the server computes whenever the record is
        /// written: `record.price * record.quantity`. Not of `rich_text`, `json`, `multi_select`, `uuid`, `relation`,
        /// `geo_point` and `vector`. Clients cannot write such a field.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub computed: ::std::option::Option<::std::string::String>,
        /// What a new record has where it gives nothing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub default: ::std::option::Option<::serde_json::Value>,
        /// How many numbers, of `vector`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub dimensions: ::std::option::Option<u32>,
        /// Whether only secret keys, members and operators see it.
        #[serde(default)]
        pub hidden: bool,
        /// Whether values that differ in nothing but case are the same, of a unique `text`, `select`, `email` or `url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ignore_case: ::std::option::Option<bool>,
        /// Whether it points to several records, of `relation`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub many: ::std::option::Option<bool>,
        /// The greatest value, of `int`, `float`, `decimal`, `date` and `datetime`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max: ::std::option::Option<::serde_json::Value>,
        /// How many at most, of `multi_select` and of `relation` to many.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_items: ::std::option::Option<u32>,
        /// Characters at most, of `text` and `rich_text`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub max_length: ::std::option::Option<u32>,
        /// The least value, of `int`, `float`, `decimal`, `date` and `datetime`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min: ::std::option::Option<::serde_json::Value>,
        /// Characters at least, of `text`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub min_length: ::std::option::Option<u32>,
        /// Its name: a letter, then letters, digits and `_`, 60 at most.
        pub name: ::std::string::String,
        /// Whether it may be null; by default if it is not required.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub nullable: ::std::option::Option<bool>,
        /// What becomes of the record when one that it points to is deleted, of `relation`: `restrict` (that one cannot
        /// be), `cascade` (it is deleted, too) or `set_null` (it points there no more). By default `restrict`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub on_delete: ::std::option::Option<::std::string::String>,
        /// What may be chosen, of `select` and `multi_select`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub options: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Of `text`: a regular expression (of Rust's `regex`) that is found in every value.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub pattern: ::std::option::Option<::std::string::String>,
        /// Digits in all, of `decimal`; 18 by default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub precision: ::std::option::Option<u32>,
        /// Where a collection is changed: the field's name until now.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub renamed_from: ::std::option::Option<::std::string::String>,
        /// Whether a new record must give a value.
        #[serde(default)]
        pub required: bool,
        /// Who reads and writes it, of those whom the collection's rules let read and write the record.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub rules: ::std::option::Option<FieldRules>,
        /// Digits after the point, of `decimal`; 2 by default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scale: ::std::option::Option<u32>,
        /// `text`, `rich_text`, `int`, `float`, `decimal`, `bool`, `date`, `datetime`, `json`, `select`, `multi_select`,
        /// `email`, `url`, `uuid`, `relation`, `geo_point` or `vector`.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
        /// Whether no two records may have the same value.
        #[serde(default)]
        pub unique: bool,
    }
    /// Somebody who is to be a user.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewInvitation {
        /// Their address.
        pub email: ::std::string::String,
        /// The language of the mail.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        /// Their own fields of the collection `users`, as one object.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub profile: ::std::option::Option<::serde_json::Value>,
        /// Where the link leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub redirect_url: ::std::option::Option<::std::string::String>,
        /// Their roles, of the options of the field `roles`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub roles: ::std::vec::Vec<::std::string::String>,
    }
    /// A new key.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewKey {
        /// From when on it is refused (RFC 3339). Never, where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expires_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// What it is for.
        pub kind: crate::generated::enums::KeyKind,
        /// Its name for people.
        pub name: ::std::string::String,
        /// What a secret key may do: `audit:read`, `auth:read`, `auth:write`, `collections:read`, `collections:write`,
        /// `keys:read`, `keys:write`, `members:read`, `members:write`, `records:read`, `records:write`, `users:impersonate`.
        /// All of it where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scopes: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// A new passkey.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewPasskey {
        /// What the user calls it: 1 to 100 characters.
        pub name: ::std::string::String,
        /// The token that came with `second_factor_enrolment_needed`, in place of a session.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
    }
    /// A provider to be set up.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewProvider {
        /// Of `oauth2`: where users sign in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub authorization_url: ::std::option::Option<::std::string::String>,
        /// Of `oauth2`: where in it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub claims: ::std::option::Option<ProviderClaims>,
        /// What the provider calls the app.
        pub client_id: ::std::string::String,
        /// What the provider knows the app by; of Apple the whole `.p8` file. It is not shown again.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_secret: ::std::option::Option<crate::Secret>,
        /// Of `microsoft`: whose users may sign in, as `organizations`, `consumers` or a directory's id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub directory: ::std::option::Option<::std::string::String>,
        /// Whether users can sign in by it.
        #[serde(default = "defaults::default_bool::<true>")]
        pub enabled: bool,
        /// Of `oidc`, and of a GitLab of one's own: who signs. The rest is found at its `/.well-known/openid-configuration`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub issuer: ::std::option::Option<::std::string::String>,
        /// Of `apple`: the key's name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key_id: ::std::option::Option<::std::string::String>,
        /// `google`, `github`, `gitlab`, `microsoft`, `apple`, `discord`, `facebook`, `linkedin`, `slack`, `twitch`, `spotify`
        /// or `x`; `oidc` for any other that speaks OpenID Connect, `oauth2` for any that speaks OAuth 2 alone.
        pub kind: ::std::string::String,
        /// What it is called in addresses: 1 to 40 lower-case letters, digits, `-` or `_`.
        pub name: ::std::string::String,
        /// Which of the users' own fields a new user gets of their profile: `name` or `picture`, by field.
        #[serde(default, skip_serializing_if = ":: std :: collections :: HashMap::is_empty")]
        pub profile: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
        /// What is asked for; the kind's own where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scopes: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Of `apple`: the developer's team.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub team_id: ::std::option::Option<::std::string::String>,
        /// Of `oauth2`: where codes are exchanged.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token_url: ::std::option::Option<::std::string::String>,
        /// Of `oauth2`: where it is said who a user is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub userinfo_url: ::std::option::Option<::std::string::String>,
    }
    /// A role that is to be.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewRole {
        /// What it is for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// What it is called: 2 to 63 small letters, digits, `-` and `_`, with a letter first. It stays.
        pub name: ::std::string::String,
        /// What it allows, as scopes of keys.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub permissions: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// A new tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewTenant {
        /// Its name for people.
        pub name: ::std::string::String,
        /// Its settings.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub settings: ::std::option::Option<TenantSettings>,
        /// Its name in addresses: 2 to 63 lower-case letters, digits and hyphens.
        pub slug: ::std::string::String,
    }
    /// Somebody who is to be a member.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewTenantInvitation {
        /// Their address.
        pub email: ::std::string::String,
        /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        /// Their role: `owner`, `admin`, `developer`, `viewer`, or one of the tenant's own.
        pub role: ::std::string::String,
    }
    /// A new app for one-time passwords.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewTotpFactor {
        /// What the user calls it: 1 to 100 characters.
        pub name: ::std::string::String,
        /// The token that came with `second_factor_enrolment_needed`, in place of a session.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token: ::std::option::Option<crate::Secret>,
    }
    /// A new user.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct NewUser {
        /// The address to sign in with.
        pub email: ::std::string::String,
        /// The password, if the user is to sign in with one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// The user's own fields of the collection `users`, as one object.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub profile: ::std::option::Option<::serde_json::Value>,
        /// The user's roles, of the options of the field `roles`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub roles: ::std::vec::Vec<::std::string::String>,
        /// Whether the address is known to be the user's.
        #[serde(default)]
        pub verified: bool,
    }
    /// Where a browser is to go.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct OAuthUrl {
        /// The provider's page.
        pub url: ::std::string::String,
    }
    /// A mail with what it says.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct OpenMail {
        /// The same as HTML.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub html: ::std::option::Option<::std::string::String>,
        /// The mail.
        pub mail: Mail,
        /// The text, until the mail was sent or is over.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub text: ::std::option::Option<::std::string::String>,
    }
    /// What a passkey has answered.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PasskeyAnswer {
        /// The browser's credential, as its `toJSON()` gives it.
        pub credential: ::serde_json::Value,
        /// The ceremony's id.
        pub id: crate::Secret,
    }
    /// A ceremony that has begun.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PasskeyCeremony {
        /// Names it; good once, for five minutes.
        pub id: crate::Secret,
        /// What the browser is asked with, as `parseCreationOptionsFromJSON()` or `parseRequestOptionsFromJSON()` of its
        /// `PublicKeyCredential` read it.
        pub options: ::serde_json::Value,
    }
    /// Which site or app a tenant's passkeys are for.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PasskeySettings {
        /// The pages that may ask, as `https://app.example.com`: within the domain, 1 to 20.
        pub origins: ::std::vec::Vec<::std::string::String>,
        /// The domain, as `example.com`. A passkey is good for its domain alone: another makes those there are useless.
        pub rp_id: ::std::string::String,
        /// What users read when they are asked: 1 to 100 characters.
        pub rp_name: ::std::string::String,
    }
    /// A password that is to replace one that was forgotten.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PasswordReset {
        /// The password that is to be.
        pub password: crate::Secret,
        /// `token` of the link.
        pub token: crate::Secret,
    }
    /// A sign-in that waits for a second factor.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct PendingSecondFactor {
        /// Seconds for which the sign-in waits.
        pub expires_in: u32,
        /// What can be shown, or set up: `totp`, `passkey`, `recovery_code`.
        pub methods: ::std::vec::Vec<::std::string::String>,
        /// To be sent with the second factor, or to set one up.
        pub token: crate::Secret,
    }
    /// What is to be shown: a template that is being written, or the one that is kept.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct PreviewMail {
        /// What is being written.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub draft: ::std::option::Option<MailTemplateSource>,
    }
    /// What went wrong (RFC 9457).
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Problem {
        /// The problem's name for programs.
        pub code: ::std::string::String,
        /// What happened this time, and what to do about it.
        pub detail: ::std::string::String,
        /// What is wrong with the input, place by place.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub errors: ::std::vec::Vec<ProblemDetail>,
        /// The path of the request that met it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub instance: ::std::option::Option<::std::string::String>,
        /// The request's id, to be quoted to whoever runs the server.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<::std::string::String>,
        /// How the sign-in goes on, where the problem is `second_factor_needed` or `second_factor_enrolment_needed`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub second_factor: ::std::option::Option<PendingSecondFactor>,
        /// The HTTP status.
        pub status: u16,
        /// The problem in a few words, the same for each occurrence.
        pub title: ::std::string::String,
        /// Which problem this is: `/problems/` and the code.
        #[serde(rename = "type")]
        pub type_: ::std::string::String,
    }
    /// One thing that is wrong with the input.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ProblemDetail {
        /// What kind of wrong, for programs.
        pub code: ::std::string::String,
        /// What kind of wrong, for people.
        pub message: ::std::string::String,
        /// Where: a JSON Pointer (RFC 6901) into the body, `?name` for a query parameter, or the bare name of a
        /// parameter in the path or a header.
        pub pointer: ::std::string::String,
    }
    /// A provider.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Provider {
        /// Where users sign in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub authorization_url: ::std::option::Option<::std::string::String>,
        /// The address to be written down at the provider as the one that it sends users back to. Not there where whoever
        /// runs the server has not set `server.public_url`: nobody can sign in then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub callback_url: ::std::option::Option<::std::string::String>,
        /// Where in it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub claims: ::std::option::Option<ProviderClaims>,
        /// What the provider calls the app.
        pub client_id: ::std::string::String,
        /// When it was set up.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Whose users may sign in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub directory: ::std::option::Option<::std::string::String>,
        /// Whether users can sign in by it.
        pub enabled: bool,
        /// Whether there is a secret, which is not shown.
        pub has_secret: bool,
        /// Who signs.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub issuer: ::std::option::Option<::std::string::String>,
        /// The key's name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key_id: ::std::option::Option<::std::string::String>,
        /// Its kind.
        pub kind: ::std::string::String,
        /// What it is called in addresses.
        pub name: ::std::string::String,
        /// Which of the users' own fields a new user gets of their profile.
        pub profile: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
        /// What is asked for.
        pub scopes: ::std::vec::Vec<::std::string::String>,
        /// The developer's team.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub team_id: ::std::option::Option<::std::string::String>,
        /// Where codes are exchanged.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub token_url: ::std::option::Option<::std::string::String>,
        /// When it was last changed.
        pub updated_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Where it is said who a user is.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub userinfo_url: ::std::option::Option<::std::string::String>,
    }
    /// One thing that was looked at.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ProviderCheck {
        /// What was found.
        pub message: ::std::string::String,
        /// What: `callback`, `discovery`, `flow`, `algorithms`, `pkce`, `keys` or `addresses`.
        pub name: ::std::string::String,
        /// Whether it is as it should be.
        pub ok: bool,
    }
    /// Where in a provider's answer what stands, as JSON pointers.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ProviderClaims {
        /// The user's address.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        /// Whether the user has shown that it is theirs: only `true` says so.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email_verified: ::std::option::Option<::std::string::String>,
        /// The user's name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// The address of a picture.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub picture: ::std::option::Option<::std::string::String>,
        /// What the provider calls the user, and nobody else ever: `/id`.
        pub subject: ::std::string::String,
    }
    /// Providers.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ProviderList {
        /// The providers.
        pub items: ::std::vec::Vec<Provider>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a provider. Who it is stays: another one is set up under another name.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct ProviderPatch {
        /// What the provider calls the app.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_id: ::std::option::Option<::std::string::String>,
        /// What the provider knows the app by.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub client_secret: ::std::option::Option<crate::Secret>,
        /// Of `microsoft`: whose users may sign in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub directory: ::std::option::Option<::std::string::String>,
        /// Whether users can sign in by it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub enabled: ::std::option::Option<bool>,
        /// Of `apple`: the key's name.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key_id: ::std::option::Option<::std::string::String>,
        /// Which of the users' own fields a new user gets of their profile: `name` or `picture`, by field.
        #[serde(default, skip_serializing_if = ":: std :: collections :: HashMap::is_empty")]
        pub profile: ::std::collections::HashMap<::std::string::String, ::std::string::String>,
        /// What is asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub scopes: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Of `apple`: the developer's team.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub team_id: ::std::option::Option<::std::string::String>,
    }
    /// What was found of a provider.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ProviderTest {
        /// What was looked at.
        pub checks: ::std::vec::Vec<ProviderCheck>,
        /// Whether all is as it should be.
        pub ok: bool,
    }
    /// The fields of a record, as its collection defines them.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    #[serde(transparent)]
    pub struct RecordInput(pub ::serde_json::Map<::std::string::String, ::serde_json::Value>);
    impl ::std::ops::Deref for RecordInput {
        type Target = ::serde_json::Map<::std::string::String, ::serde_json::Value>;
        fn deref(&self) -> &::serde_json::Map<::std::string::String, ::serde_json::Value> {
            &self.0
        }
    }
    impl ::std::convert::From<RecordInput> for ::serde_json::Map<::std::string::String, ::serde_json::Value> {
        fn from(value: RecordInput) -> Self {
            value.0
        }
    }
    impl ::std::convert::From<::serde_json::Map<::std::string::String, ::serde_json::Value>> for RecordInput {
        fn from(value: ::serde_json::Map<::std::string::String, ::serde_json::Value>) -> Self {
            Self(value)
        }
    }
    /// A page of records.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RecordList {
        /// The records.
        pub items: ::std::vec::Vec<crate::AnyRecord>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
        /// How many there are; null where that was not asked for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub total: ::std::option::Option<i64>,
    }
    /// What a list is to show. Each part says what the parameter of the same name says of a list.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct RecordQuery {
        /// Whether the total is counted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub count: ::std::option::Option<crate::generated::enums::CountMode>,
        /// `next_cursor` of the page before.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub cursor: ::std::option::Option<::std::string::String>,
        /// Relations to be followed, by paths apart by commas.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub expand: ::std::option::Option<::std::string::String>,
        /// Fields to be shown, apart by commas.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub fields: ::std::option::Option<::std::string::String>,
        /// A condition in CEL over the fields.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub filter: ::std::option::Option<::std::string::String>,
        /// Whether each record has `_highlights`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub highlight: ::std::option::Option<bool>,
        /// Records on the page: 1 to 200, 50 by default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub limit: ::std::option::Option<u32>,
        /// How vectors are compared; `cosine` by default.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub metric: ::std::option::Option<crate::generated::enums::MetricMode>,
        /// `field:latitude,longitude`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub near: ::std::option::Option<::std::string::String>,
        /// `field:[0.5,…]`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub nearest: ::std::option::Option<::std::string::String>,
        /// Words that are searched for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub search: ::std::option::Option<::std::string::String>,
        /// Fields apart by commas, `-` before one for the other way around.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub sort: ::std::option::Option<::std::string::String>,
        /// `field:latitude,longitude,metres` or `field:south,west,north,east`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub within: ::std::option::Option<::std::string::String>,
    }
    /// Recovery codes, shown once.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RecoveryCodes {
        /// The codes; each is good once.
        pub recovery_codes: ::std::vec::Vec<crate::Secret>,
    }
    /// What a refresh is asked with.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Refresh {
        /// The refresh token that came with the last access token; without it, the one that the browser has as a cookie.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refresh_token: ::std::option::Option<crate::Secret>,
    }
    /// How many factors were removed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RemovedFactors {
        /// How many.
        pub count: u64,
    }
    /// To when a record is taken back.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RevertBody {
        /// Only these fields; all that it had then if not given.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub fields: ::std::vec::Vec<::std::string::String>,
        /// To what it was at that time, which may be that of a change.
        pub to: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    /// A change of a record.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Revision {
        /// What it did.
        pub action: crate::generated::enums::RevisionAction,
        /// Who made it.
        pub actor: ::std::string::String,
        /// When it was made, which names it: no two changes of a record have the same time.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The fields that differ.
        pub changes: ::std::vec::Vec<FieldChange>,
        /// By which request.
        pub request_id: ::std::string::String,
    }
    /// Changes of a record.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RevisionList {
        /// The changes, the latest first.
        pub items: ::std::vec::Vec<Revision>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A change of a record, with what the record was then.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RevisionState {
        /// What it did.
        pub action: crate::generated::enums::RevisionAction,
        /// Who made it.
        pub actor: ::std::string::String,
        /// When it was made, which names it: no two changes of a record have the same time.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The fields that differ.
        pub changes: ::std::vec::Vec<FieldChange>,
        /// The record after it, with fields that are no more; null if it was deleted.
        #[serde(deserialize_with = "::std::option::Option::deserialize")]
        pub record: ::std::option::Option<crate::AnyRecord>,
        /// By which request.
        pub request_id: ::std::string::String,
    }
    /// What a member may be.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Role {
        /// Whether it comes with the server, and stays as it is.
        pub built_in: bool,
        /// When the tenant has made it.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub created_at: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// What it is for.
        pub description: ::std::string::String,
        /// What it is called.
        pub name: ::std::string::String,
        /// What it allows.
        pub permissions: ::std::vec::Vec<::std::string::String>,
    }
    /// Roles of a tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RoleList {
        /// The roles.
        pub items: ::std::vec::Vec<Role>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a role; what is not sent stays as it is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct RolePatch {
        /// What it is for.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub description: ::std::option::Option<::std::string::String>,
        /// What it allows.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub permissions: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
    }
    /// How a key is rotated.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RotateKey {
        /// How long the old key goes on working, in seconds: at most 30 days, a day where nothing is said.
        #[serde(default = "defaults::default_u64::<u32, 86400>")]
        pub overlap_seconds: u32,
    }
    impl ::std::default::Default for RotateKey {
        fn default() -> Self {
            Self { overlap_seconds: defaults::default_u64::<u32, 86400>() }
        }
    }
    /// How the signing key is rotated.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct RotateSigningKey {
        /// Whether the new key signs now, and what was signed before counts no more.
        #[serde(default)]
        pub at_once: bool,
    }
    /// What rules see as `auth`.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RuleAuth {
        /// Of a user who has one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        /// Of a user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<::std::string::String>,
        /// `user`, `key`.
        pub kind: ::std::string::String,
        /// Of a user.
        pub roles: ::std::vec::Vec<::std::string::String>,
        /// Of a user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub verified: ::std::option::Option<bool>,
    }
    /// Something to be said against a rule.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RuleFinding {
        /// Where in the rule: characters from its start.
        pub at: u64,
        /// What kind of finding.
        pub code: crate::generated::enums::RuleFindingCode,
        /// The collection's name.
        pub collection: ::std::string::String,
        /// Of which field, if it is a field's.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub field: ::std::option::Option<::std::string::String>,
        /// What it is, in words.
        pub message: ::std::string::String,
        /// Which rule.
        pub rule: crate::generated::enums::RuleName,
        /// How bad it is.
        pub severity: crate::generated::enums::RuleFindingSeverity,
    }
    /// What is to be said against rules.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RuleFindingList {
        /// The findings, by collection.
        pub items: ::std::vec::Vec<RuleFinding>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A part of a rule.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RulePart {
        /// Where it begins: characters from the start of the rule.
        pub at: u64,
        /// Within how many others it stands. Those that follow and stand one deeper are its own.
        pub depth: u64,
        /// What puts its own parts together, if it has any.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub operator: ::std::option::Option<crate::generated::enums::RuleOperator>,
        /// As it is written.
        pub source: ::std::string::String,
        /// What it comes to; null where that depends on a record.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub value: ::std::option::Option<crate::generated::enums::RuleValue>,
    }
    /// What is asked of a collection's rules.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RuleQuestion {
        /// Of whom it is asked.
        #[serde(rename = "as")]
        pub as_: RuleSubject,
        /// The collection's name or id.
        pub collection: ::std::string::String,
        /// The fields that are sent: with a change of that record, or for a new one where none is named. Of a user who signs up,
        /// `email` among them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub input: ::std::option::Option<::serde_json::Value>,
        /// The id of the record that is read, changed and deleted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub record: ::std::option::Option<::std::string::String>,
    }
    /// Of whom rules are asked: one of these.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct RuleSubject {
        /// Somebody who is not signed in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub anonymous: ::std::option::Option<bool>,
        /// Whoever has a key, by the key's id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub key: ::std::option::Option<::std::string::String>,
        /// A user, by id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub user: ::std::option::Option<::std::string::String>,
    }
    /// Who may do what without a secret key, as conditions in CEL. A rule that is not there allows nobody, `true`
    /// everybody.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct Rules {
        /// What may be created.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub create: ::std::option::Option<::std::string::String>,
        /// What may be deleted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub delete: ::std::option::Option<::std::string::String>,
        /// Which records a list shows.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub list: ::std::option::Option<::std::string::String>,
        /// What may be changed.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub update: ::std::option::Option<::std::string::String>,
        /// Which records can be read by id.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub view: ::std::option::Option<::std::string::String>,
    }
    /// What the rules of a collection say.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct RulesExplanation {
        /// What the rules see as `auth`; null of somebody who is not signed in.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub auth: ::std::option::Option<RuleAuth>,
        /// The collection's name.
        pub collection: ::std::string::String,
        /// How a list is carried out that the list rule binds; null where there is none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub list: ::std::option::Option<Explanation>,
        /// What each rule says.
        pub rules: ::std::vec::Vec<ExplainedRule>,
    }
    /// A change of the collections.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SchemaMigration {
        /// What kind of change it was.
        pub action: crate::generated::enums::SchemaMigrationAction,
        /// Who made it: the id of a key, an account or a token.
        pub actor: ::std::string::String,
        /// When it was made.
        pub at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The request as it was understood: of `create` the body of `POST /v1/collections`, of `update` that of
        /// `PATCH /v1/collections/{collection}`, of `baseline` `{"collections": […]}` with the body of `POST` for each;
        /// null of `delete`. Collections are called by the names that they had then.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub change: ::std::option::Option<::serde_json::Value>,
        /// The collection, by its name before the change; null of a baseline.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub collection: ::std::option::Option<::std::string::String>,
        /// In which request; null of a baseline.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub request_id: ::std::option::Option<::std::string::String>,
        /// Its number: from 1, without gaps.
        pub seq: i64,
    }
    /// A page of the history.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SchemaMigrationList {
        /// The changes, oldest first.
        pub items: ::std::vec::Vec<SchemaMigration>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A sign-in that has not ended.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Session {
        /// When it began.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// When it ends, however much it is used.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id, which access tokens carry as `sid`.
        pub id: ::std::string::String,
        /// Where it began.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub ip: ::std::option::Option<::std::string::String>,
        /// How it began: `password`, `magic_link`, `code`, `invitation`, `anonymous`.
        pub method: ::std::string::String,
        /// When its user last showed that it is them.
        pub proved_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// When its tokens were last renewed.
        pub refreshed_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// What was shown beside that: `totp`, `passkey`, `recovery_code`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub second_factor: ::std::option::Option<::std::string::String>,
        /// What the client called itself when it began.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub user_agent: ::std::option::Option<::std::string::String>,
    }
    /// Sessions.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SessionList {
        /// The sessions.
        pub items: ::std::vec::Vec<Session>,
        /// Always null: there is one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A second factor.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct ShowSecondFactor {
        /// The code.
        pub code: crate::Secret,
        /// By what it is shown.
        pub method: crate::generated::enums::SecondFactorMethod,
        /// The token that came with `second_factor_needed`.
        pub token: crate::Secret,
    }
    /// A sign-in with a password.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignIn {
        /// The address, in any case.
        pub email: ::std::string::String,
        /// The password.
        pub password: crate::Secret,
    }
    /// Who signs in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignInAccount {
        /// The address of the account, in any case.
        pub email: ::std::string::String,
        /// Its password.
        pub password: crate::Secret,
    }
    /// A user of nobody in particular.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct SignInAnonymously {
        /// The user's own fields of the collection `users`, as one object.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub profile: ::std::option::Option<::serde_json::Value>,
    }
    /// A code that was typed.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignInByCode {
        /// The code.
        pub code: crate::Secret,
        /// The id that came when the code was asked for.
        pub id: ::std::string::String,
    }
    /// By what users sign in.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignInMethods {
        /// Nothing: a user who may become somebody later.
        pub anonymous: bool,
        /// A code that is sent to them.
        pub code: bool,
        /// A link that is sent to them.
        pub magic_link: bool,
        /// A password.
        pub password: bool,
    }
    /// Which ways to sign in are to be on or off; what is not sent stays as it is.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct SignInMethodsPatch {
        /// Nothing.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub anonymous: ::std::option::Option<bool>,
        /// A code that is sent to them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<bool>,
        /// A link that is sent to them.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub magic_link: ::std::option::Option<bool>,
        /// A password.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<bool>,
    }
    /// A sign-up.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignUp {
        /// The address to sign in with.
        pub email: ::std::string::String,
        /// The language of the mail: `en`, `pt-BR`. Without it, the tenant's `mail_locale`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub locale: ::std::option::Option<::std::string::String>,
        /// The password: as long as the tenant's settings ask for, 15 characters by default. Without one, the user signs in
        /// by mail, where the settings allow that.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// The user's own fields of the collection `users`, as one object.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub profile: ::std::option::Option<::serde_json::Value>,
        /// Where the link in the mail leads: one of the tenant's `redirect_urls`, or below one. Without it, to `app_url`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub redirect_url: ::std::option::Option<::std::string::String>,
    }
    /// What a client gets to be known by: two tokens. Who sends `X-Neonex-Session: cookie` gets them as cookies that scripts
    /// cannot read, and not here.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignedIn {
        /// To be sent as `Authorization: Bearer …`.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub access_token: ::std::option::Option<crate::Secret>,
        /// Seconds that the access token is good for.
        pub expires_in: u32,
        /// For the next access token; good once.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub refresh_token: ::std::option::Option<crate::Secret>,
        /// `Bearer`; `Cookie`, where the tokens are cookies.
        pub token_type: ::std::string::String,
        /// The user's record, as the user sees it.
        pub user: ::serde_json::Value,
    }
    /// A sign-up that was taken.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SignedUp {
        /// The address that was sent.
        pub email: ::std::string::String,
    }
    /// Queries of one kind that were slow.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SlowQuery {
        /// The collection's name; its id where it is gone.
        pub collection: ::std::string::String,
        /// How many of the kind took longer than they should.
        pub count: i64,
        /// The filter, with `?` for its constants.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub filter: ::std::option::Option<::std::string::String>,
        /// Names the kind.
        pub id: ::std::string::String,
        /// When the last of the kind was.
        pub last_seen: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Milliseconds that the longest took.
        pub max_ms: f64,
        /// Milliseconds that they took on average.
        pub mean_ms: f64,
        /// What was asked for.
        pub operation: crate::generated::enums::SlowQueryOperation,
        /// How the records are sorted; `search` and `nearest` with a field where these come first.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub order: ::std::option::Option<::std::string::String>,
        /// Which request that was.
        pub request_id: ::std::string::String,
        /// Whether the collection's rule bound it.
        pub ruled: bool,
        /// How many more the database gave up, because they took longer than a statement may.
        pub timeouts: i64,
        /// Milliseconds that those of `count` took together.
        pub total_ms: f64,
    }
    /// A page of slow queries.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct SlowQueryList {
        /// The kinds.
        pub items: ::std::vec::Vec<SlowQuery>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A fresh proof.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct StepUp {
        /// The code, where it is by one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub code: ::std::option::Option<crate::Secret>,
        /// The passkey's answer, where it is by one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub credential: ::std::option::Option<::serde_json::Value>,
        /// The ceremony's id, where it is by a passkey.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub id: ::std::option::Option<crate::Secret>,
        /// By what it is shown who calls.
        pub method: crate::generated::enums::StepUpMethod,
        /// The password, where it is by that.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
    }
    /// A tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct Tenant {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// When its data goes, if it is deleted.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub delete_after: ::std::option::Option<::chrono::DateTime<::chrono::offset::Utc>>,
        /// Its id.
        pub id: ::std::string::String,
        /// Its name for people.
        pub name: ::std::string::String,
        /// Its settings.
        pub settings: TenantSettings,
        /// Its name in addresses.
        pub slug: ::std::string::String,
        /// Whether it works.
        pub status: crate::generated::enums::TenantState,
        /// When it was last changed.
        pub updated_at: ::chrono::DateTime<::chrono::offset::Utc>,
    }
    /// An invitation to be a member, which was sent and not taken.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TenantInvitation {
        /// When it was made.
        pub created_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// The address that was invited.
        pub email: ::std::string::String,
        /// Until when it can be taken.
        pub expires_at: ::chrono::DateTime<::chrono::offset::Utc>,
        /// Its id.
        pub id: ::std::string::String,
        /// What whoever takes it becomes.
        pub role: ::std::string::String,
    }
    /// An invitation that is taken.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TenantInvitationAcceptance {
        /// The password of the account that is made, where the address has none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// `token` of the link.
        pub token: crate::Secret,
    }
    /// What whoever has taken an invitation has come to.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TenantInvitationAccepted {
        /// The account.
        pub account: ::std::string::String,
        /// Its name for people.
        pub name: ::std::string::String,
        /// The role there.
        pub role: ::std::string::String,
        /// Its slug.
        pub slug: ::std::string::String,
        /// The tenant's id.
        pub tenant: ::std::string::String,
    }
    /// Invitations to be a member.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TenantInvitationList {
        /// The invitations.
        pub items: ::std::vec::Vec<TenantInvitation>,
        /// Always null: all are on one page.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// A page of tenants.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TenantList {
        /// The tenants.
        pub items: ::std::vec::Vec<Tenant>,
        /// Where the next page begins; null on the last one.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub next_cursor: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a tenant.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TenantPatch {
        /// Its name for people.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub name: ::std::option::Option<::std::string::String>,
        /// All settings as they are to be.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub settings: ::std::option::Option<TenantSettings>,
        /// Its name in addresses.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub slug: ::std::option::Option<::std::string::String>,
    }
    /// A tenant's settings.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct TenantSettings {
        /// How long the entries of its audit log are kept: 400 days where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub audit: ::std::option::Option<AuditSettings>,
        /// Origins whose pages may call the API; `*` stands for all.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub cors_origins: ::std::vec::Vec<::std::string::String>,
        /// From how many milliseconds on a query counts as slow; 0 for all. As `NEONEX_SLOW_QUERY` says where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub slow_query_ms: ::std::option::Option<u32>,
    }
    /// Whom a mail is sent to that is to be looked at.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TestMail {
        /// The address.
        pub to: ::std::string::String,
    }
    /// A mail that is on its way.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TestMailAsked {
        /// The mail's id.
        pub id: ::std::string::String,
    }
    /// What an app learns to show one-time passwords.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct TotpFactor {
        /// The factor's id.
        pub id: ::std::string::String,
        /// The same with all that belongs to it, as apps read it.
        pub otpauth_url: crate::Secret,
        /// The address as a picture to be scanned: an SVG as a `data:` URL.
        pub qr: crate::Secret,
        /// The secret in base32, to be typed.
        pub secret: crate::Secret,
    }
    /// An index without use.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct UnusedIndex {
        /// Its fields.
        pub fields: ::std::vec::Vec<::std::string::String>,
        /// For what it is.
        pub kind: crate::generated::enums::UnusedIndexKind,
        /// Which records stand in it, where not all do.
        #[serde(rename = "where", skip_serializing_if = "::std::option::Option::is_none")]
        pub where_: ::std::option::Option<::std::string::String>,
    }
    /// What is to change of a user.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug, Default)]
    pub struct UserPatch {
        /// Whether the user is kept out. All sessions end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub disabled: ::std::option::Option<bool>,
        /// Another address, or null for none.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub email: ::std::option::Option<::std::string::String>,
        /// Another password. All sessions end.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub password: ::std::option::Option<crate::Secret>,
        /// All roles of the user.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub roles: ::std::option::Option<::std::vec::Vec<::std::string::String>>,
        /// Whether the address is known to be the user's.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub verified: ::std::option::Option<bool>,
    }
    /// What a view shows.
    #[derive(::serde::Deserialize, ::serde::Serialize, Clone, Debug)]
    pub struct View {
        /// What it computes of each group, as in aggregates: `count`, `revenue:sum(price)`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub calculate: ::std::vec::Vec<::std::string::String>,
        /// The collection whose records it shows, or groups of them: its name, or its id.
        pub collection: ::std::string::String,
        /// Its fields, where it shows records: names of fields, or objects of a `name` and a `path` such as `room.name`.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub fields: ::std::vec::Vec<::serde_json::Value>,
        /// Which of them, as a condition in CEL; all where nothing is said.
        #[serde(skip_serializing_if = "::std::option::Option::is_none")]
        pub filter: ::std::option::Option<::std::string::String>,
        /// By what it groups, as in aggregates: `city`, `month:month(created_at)`. Where it is empty, records are shown.
        #[serde(default, skip_serializing_if = "::std::vec::Vec::is_empty")]
        pub group_by: ::std::vec::Vec<::std::string::String>,
    }
    /// Generation of default values for serde.
    pub mod defaults {
        pub(super) fn default_bool<const V: bool>() -> bool {
            V
        }
        pub(super) fn default_u64<T, const V: u64>() -> T
        where
            T: ::std::convert::TryFrom<u64>,
            <T as ::std::convert::TryFrom<u64>>::Error: ::std::fmt::Debug,
        {
            T::try_from(V).unwrap()
        }
    }
    /// Error types.
    pub mod error {
        /// Error from a `TryFrom` or `FromStr` implementation.
        pub struct ConversionError(::std::borrow::Cow<'static, str>);
        impl ::std::error::Error for ConversionError {}
        impl ::std::fmt::Display for ConversionError {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl ::std::fmt::Debug for ConversionError {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> Result<(), ::std::fmt::Error> {
                ::std::fmt::Debug::fmt(&self.0, f)
            }
        }
        impl From<&'static str> for ConversionError {
            fn from(value: &'static str) -> Self {
                Self(value.into())
            }
        }
        impl From<String> for ConversionError {
            fn from(value: String) -> Self {
                Self(value.into())
            }
        }
    }
}
#[derive(Clone, Debug)]
/// Client for Neonex
///
/// A backend as a service for many tenants.
///
/// Version: 0.1.0
pub struct Client {
    pub(crate) baseurl: String,
    pub(crate) client: reqwest::Client,
    pub(crate) inner: crate::call::Call,
}
impl Client {
    /// Create a new client.
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new(baseurl: &str, inner: crate::call::Call) -> Self {
        #[cfg(not(target_arch = "wasm32"))]
        let client = {
            let dur = ::std::time::Duration::from_secs(15u64);
            reqwest::ClientBuilder::new().connect_timeout(dur).timeout(dur)
        };
        #[cfg(target_arch = "wasm32")]
        let client = reqwest::ClientBuilder::new();
        Self::new_with_client(baseurl, client.build().unwrap(), inner)
    }
    /// Construct a new client with an existing `reqwest::Client`,
    /// allowing more control over its configuration.
    /// `baseurl` is the base URL provided to the internal
    /// `reqwest::Client`, and should include a scheme and hostname,
    /// as well as port and a path stem if applicable.
    pub fn new_with_client(baseurl: &str, client: reqwest::Client, inner: crate::call::Call) -> Self {
        Self { baseurl: baseurl.to_string(), client, inner }
    }
}
impl ClientInfo<crate::call::Call> for Client {
    fn api_version() -> &'static str {
        "0.1.0"
    }
    fn baseurl(&self) -> &str {
        self.baseurl.as_str()
    }
    fn client(&self) -> &reqwest::Client {
        &self.client
    }
    fn inner(&self) -> &crate::call::Call {
        &self.inner
    }
}
const _: () = {
    #[allow(dead_code)]
    fn assert_client_hooks()
    where
        Client: ClientHooks<crate::call::Call>,
    {
    }
};
#[allow(clippy::all)]
impl Client {
    /// Get the account
    ///
    /// Whose session or token is sent, with the tenants of which it is a member.
    ///
    /// Sends a `GET` request to `/v1/account`
    pub async fn get_account<'a>(&'a self) -> Result<ResponseValue<types::Account>, Error<types::Problem>> {
        let url = format!("{}/v1/account", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_account" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change the account
    ///
    /// Its password, for which that of now has to be shown. All its other sessions end.
    ///
    /// Sends a `PATCH` request to `/v1/account`
    pub async fn update_account<'a>(
        &'a self,
        body: &'a types::AccountPatch,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/account", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_account" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Join a tenant
    ///
    /// With the token of the mail. Where the invited address has no account, one is made with the password that is sent,
    /// and nobody is signed in by it; else its own session has to be sent (`sign_in_needed`).
    ///
    /// Sends a `POST` request to `/v1/account/join`
    pub async fn join_tenant<'a>(
        &'a self,
        body: &'a types::TenantInvitationAcceptance,
    ) -> Result<ResponseValue<types::TenantInvitationAccepted>, Error<types::Problem>> {
        let url = format!("{}/v1/account/join", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "join_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Set a password by a secret
    ///
    /// With what `neonex account create` or `neonex account reset-password` has printed: good once, for a day. Every
    /// session of the account ends, and nobody is signed in by it.
    ///
    /// Sends a `POST` request to `/v1/account/reset-password`
    pub async fn reset_account_password<'a>(
        &'a self,
        body: &'a types::AccountReset,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/account/reset-password", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "reset_account_password" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List the account's sessions
    ///
    /// Latest used first: 100 at most.
    ///
    /// Sends a `GET` request to `/v1/account/sessions`
    pub async fn list_account_sessions<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AccountSessionList>, Error<types::Problem>> {
        let url = format!("{}/v1/account/sessions", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_account_sessions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End a session of the account
    ///
    /// Sends a `DELETE` request to `/v1/account/sessions/{session}`
    ///
    /// Arguments:
    /// - `session`: The session's id.
    pub async fn end_account_session<'a>(
        &'a self,
        session: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/account/sessions/{}", self.baseurl, encode_path(&session.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "end_account_session" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in as an account
    ///
    /// Begins a session of the console: 12 hours at most, and a quarter of an hour without use. Its token is a new one each
    /// time, and shown once. After five tries in a row that have failed for one address, the next has to wait, each time
    /// twice as long. Whether there is such an account is not told.
    ///
    /// Sends a `POST` request to `/v1/account/sign-in`
    pub async fn sign_in_account<'a>(
        &'a self,
        body: &'a types::SignInAccount,
    ) -> Result<ResponseValue<types::AccountSignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/account/sign-in", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_in_account" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign out as an account
    ///
    /// Ends the session whose token is sent.
    ///
    /// Sends a `POST` request to `/v1/account/sign-out`
    pub async fn sign_out_account<'a>(&'a self) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/account/sign-out", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_out_account" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List the account's tokens
    ///
    /// Oldest first, without revoked ones: 100 at most.
    ///
    /// Sends a `GET` request to `/v1/account/tokens`
    pub async fn list_account_tokens<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AccountTokenList>, Error<types::Problem>> {
        let url = format!("{}/v1/account/tokens", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_account_tokens" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a token of the account
    ///
    /// In a session only: a token that gets lost makes no other. It may what the account may, in each tenant what the
    /// account's role allows there, as far as its scopes go. It is shown in this answer and never again.
    ///
    /// Sends a `POST` request to `/v1/account/tokens`
    pub async fn create_account_token<'a>(
        &'a self,
        body: &'a types::NewAccountToken,
    ) -> Result<ResponseValue<types::AccountToken>, Error<types::Problem>> {
        let url = format!("{}/v1/account/tokens", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_account_token" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Revoke a token of the account
    ///
    /// It is refused at once.
    ///
    /// Sends a `DELETE` request to `/v1/account/tokens/{token}`
    ///
    /// Arguments:
    /// - `token`: The token's id.
    pub async fn revoke_account_token<'a>(
        &'a self,
        token: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/account/tokens/{}", self.baseurl, encode_path(&token.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "revoke_account_token" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Read the audit log
    ///
    /// Who has done what that somebody may have to answer for, latest first. Entries are kept for 400 days, or as long as
    /// the tenant's setting `audit` says.
    ///
    /// Sends a `GET` request to `/v1/audit`
    ///
    /// Arguments:
    /// - `action`: Only what was that.
    /// - `actor`: Only what was done by that actor, as it stands in entries.
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Entries on the page: 1 to 200, 50 by default.
    /// - `since`: Only what was done from that time on (RFC 3339).
    /// - `subject`: Only what concerns that.
    /// - `until`: Only what was done before that time.
    pub async fn list_audit_log<'a>(
        &'a self,
        action: Option<&'a str>,
        actor: Option<&'a str>,
        cursor: Option<&'a str>,
        limit: Option<u32>,
        since: Option<&'a str>,
        subject: Option<&'a str>,
        until: Option<&'a str>,
    ) -> Result<ResponseValue<types::AuditLog>, Error<types::Problem>> {
        let url = format!("{}/v1/audit", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("action", &action))
            .query(&progenitor_client::QueryParam::new("actor", &actor))
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("since", &since))
            .query(&progenitor_client::QueryParam::new("subject", &subject))
            .query(&progenitor_client::QueryParam::new("until", &until))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_audit_log" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in as nobody in particular
    ///
    /// Makes a user without an address, where the tenant's settings allow it. One becomes somebody by `change_email`.
    ///
    /// Sends a `POST` request to `/v1/auth/anonymous`
    pub async fn sign_in_anonymously<'a>(
        &'a self,
        body: &'a types::SignInAnonymously,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/anonymous", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_in_anonymously" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Ask for a code that signs in
    ///
    /// Whether there is a user with the address is not told: there is an id in any case.
    ///
    /// Sends a `POST` request to `/v1/auth/code`
    pub async fn send_code<'a>(
        &'a self,
        body: &'a types::MailWish,
    ) -> Result<ResponseValue<types::CodeAsked>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/code", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "send_code" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in by a code
    ///
    /// With the code of the mail, and the id that it was asked for with. A code can be tried five times. It shows that
    /// the address is the user's, as a link does.
    ///
    /// Sends a `POST` request to `/v1/auth/code/confirm`
    pub async fn sign_in_by_code<'a>(
        &'a self,
        body: &'a types::SignInByCode,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/code/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_in_by_code" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Ask for another address
    ///
    /// Of the signed-in user. A mail goes to the address that is to be, and one to that of now, if it is known to be the
    /// user's; the address is another when both have confirmed it.
    ///
    /// Sends a `POST` request to `/v1/auth/email`
    pub async fn change_email<'a>(
        &'a self,
        body: &'a types::ChangeEmail,
    ) -> Result<ResponseValue<types::MailAsked>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/email", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "change_email" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Confirm another address
    ///
    /// With the token of one of the two mails.
    ///
    /// Sends a `POST` request to `/v1/auth/email/confirm`
    pub async fn confirm_email<'a>(
        &'a self,
        body: &'a types::LinkToken,
    ) -> Result<ResponseValue<types::EmailConfirmed>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/email/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "confirm_email" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List factors
    ///
    /// Of the signed-in user, oldest first: all of them.
    ///
    /// Sends a `GET` request to `/v1/auth/factors`
    pub async fn list_factors<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::FactorList>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/factors", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_factors" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Set up an app for one-time passwords
    ///
    /// It counts when a code of it has been shown. Asks for a fresh proof, or for the token of a sign-in that was
    /// answered by `second_factor_enrolment_needed`.
    ///
    /// Sends a `POST` request to `/v1/auth/factors/totp`
    pub async fn create_totp_factor<'a>(
        &'a self,
        body: &'a types::NewTotpFactor,
    ) -> Result<ResponseValue<types::TotpFactor>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/factors/totp", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_totp_factor" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Remove a factor
    ///
    /// Of the signed-in user. Asks for a fresh proof. With the last factor go the recovery codes.
    ///
    /// Sends a `DELETE` request to `/v1/auth/factors/{factor}`
    ///
    /// Arguments:
    /// - `factor`: The factor's id.
    pub async fn delete_factor<'a>(
        &'a self,
        factor: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/factors/{}", self.baseurl, encode_path(&factor.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_factor" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Confirm a factor
    ///
    /// By a code that the app shows. With the first factor come ten recovery codes, each of which is good once in place
    /// of a factor; they are shown here and never again.
    ///
    /// Sends a `POST` request to `/v1/auth/factors/{factor}/confirm`
    ///
    /// Arguments:
    /// - `factor`: The factor's id.
    /// - `body`
    pub async fn confirm_factor<'a>(
        &'a self,
        factor: &'a str,
        body: &'a types::ConfirmFactor,
    ) -> Result<ResponseValue<types::ConfirmedFactor>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/factors/{}/confirm", self.baseurl, encode_path(&factor.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "confirm_factor" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List identities
    ///
    /// Whom providers know the signed-in user as.
    ///
    /// Sends a `GET` request to `/v1/auth/identities`
    pub async fn list_identities<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::IdentityList>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/identities", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_identities" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Link a provider
    ///
    /// To the signed-in user, for the code that the app was given. Only who has begun it can end it.
    ///
    /// Sends a `POST` request to `/v1/auth/identities`
    pub async fn link_identity<'a>(
        &'a self,
        body: &'a types::LinkIdentity,
    ) -> Result<ResponseValue<types::Identity>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/identities", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "link_identity" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Unlink a provider
    ///
    /// From the signed-in user, unless there is no other way in.
    ///
    /// Sends a `DELETE` request to `/v1/auth/identities/{provider}`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    pub async fn unlink_identity<'a>(
        &'a self,
        provider: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/identities/{}", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "unlink_identity" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Begin to link a provider
    ///
    /// To the signed-in user. It is linked when the app comes back with the code.
    ///
    /// Sends a `POST` request to `/v1/auth/identities/{provider}/link`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    /// - `body`
    pub async fn begin_linking_identity<'a>(
        &'a self,
        provider: &'a str,
        body: &'a types::BeginOAuth,
    ) -> Result<ResponseValue<types::OAuthUrl>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/identities/{}/link", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "begin_linking_identity" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Accept an invitation
    ///
    /// With the token of the mail. Makes the user, whose address is known to be theirs, and signs them in.
    ///
    /// Sends a `POST` request to `/v1/auth/invitation/confirm`
    pub async fn accept_invitation<'a>(
        &'a self,
        body: &'a types::AcceptInvitation,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/invitation/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "accept_invitation" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get the signing keys
    ///
    /// The public keys (RFC 7517) by which others check the access tokens of the tenant's users. A key is here ten
    /// minutes before it signs: what is read may be kept for that long.
    ///
    /// Sends a `GET` request to `/v1/auth/jwks.json`
    pub async fn get_signing_keys<'a>(&'a self) -> Result<ResponseValue<types::Jwks>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/jwks.json", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_signing_keys" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Ask for a link that signs in
    ///
    /// Whether there is a user with the address is not told.
    ///
    /// Sends a `POST` request to `/v1/auth/magic-link`
    pub async fn send_magic_link<'a>(
        &'a self,
        body: &'a types::MailWish,
    ) -> Result<ResponseValue<types::MailAsked>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/magic-link", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "send_magic_link" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in by a link
    ///
    /// With the token of the mail. It shows that the address is the user's, too: of one who had not shown it before,
    /// password and sessions are gone, for somebody else may have set them.
    ///
    /// Sends a `POST` request to `/v1/auth/magic-link/confirm`
    pub async fn sign_in_by_link<'a>(
        &'a self,
        body: &'a types::LinkToken,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/magic-link/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_in_by_link" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End a sign-in by a provider
    ///
    /// Begins a session for the code that the app was given. It is good once, for a minute, and for who has the verifier.
    ///
    /// Sends a `POST` request to `/v1/auth/oauth/exchange`
    pub async fn exchange_oauth<'a>(
        &'a self,
        body: &'a types::ExchangeOAuth,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/oauth/exchange", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "exchange_oauth" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Begin a sign-in by a provider
    ///
    /// Gives the address of the provider's page, for an app that opens it itself. The browser comes out at
    /// `redirect_url` with a `code`, or with an `error`. An app in a browser can send it to
    /// `GET /v1/auth/oauth/{provider}?tenant=…&redirect_url=…&code_challenge=…` instead, which leads there.
    ///
    /// Sends a `POST` request to `/v1/auth/oauth/{provider}/start`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    /// - `body`
    pub async fn begin_oauth<'a>(
        &'a self,
        provider: &'a str,
        body: &'a types::BeginOAuth,
    ) -> Result<ResponseValue<types::OAuthUrl>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/oauth/{}/start", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "begin_oauth" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Begin to register a passkey
    ///
    /// Asks for a fresh proof, or for the token of a sign-in that was answered by `second_factor_enrolment_needed`. The
    /// tenant has to have said in its settings which site passkeys are for.
    ///
    /// Sends a `POST` request to `/v1/auth/passkeys/registration`
    pub async fn begin_passkey_registration<'a>(
        &'a self,
        body: &'a types::NewPasskey,
    ) -> Result<ResponseValue<types::PasskeyCeremony>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/passkeys/registration", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "begin_passkey_registration" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End the registration of a passkey
    ///
    /// With what `navigator.credentials.create()` has made. The passkey counts from then on.
    ///
    /// Sends a `POST` request to `/v1/auth/passkeys/registration/finish`
    pub async fn finish_passkey_registration<'a>(
        &'a self,
        body: &'a types::PasskeyAnswer,
    ) -> Result<ResponseValue<types::ConfirmedFactor>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/passkeys/registration/finish", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "finish_passkey_registration" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Ask for a passkey
    ///
    /// In place of a password; with the token of a sign-in that waits for a second factor, as that; and of somebody who
    /// is signed in, for a fresh proof.
    ///
    /// Sends a `POST` request to `/v1/auth/passkeys/sign-in`
    pub async fn begin_passkey_sign_in<'a>(
        &'a self,
        body: &'a types::AskPasskey,
    ) -> Result<ResponseValue<types::PasskeyCeremony>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/passkeys/sign-in", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "begin_passkey_sign_in" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in with a passkey
    ///
    /// With what `navigator.credentials.get()` has given. A passkey verifies its user itself, so that no second factor
    /// is asked for.
    ///
    /// Sends a `POST` request to `/v1/auth/passkeys/sign-in/finish`
    pub async fn finish_passkey_sign_in<'a>(
        &'a self,
        body: &'a types::PasskeyAnswer,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/passkeys/sign-in/finish", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "finish_passkey_sign_in" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change the password
    ///
    /// Of the signed-in user. All their other sessions end.
    ///
    /// Sends a `POST` request to `/v1/auth/password`
    pub async fn change_password<'a>(
        &'a self,
        body: &'a types::ChangePassword,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/password", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "change_password" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Ask for another password
    ///
    /// For a user who has forgotten theirs. Whether there is one is not told.
    ///
    /// Sends a `POST` request to `/v1/auth/password-reset`
    pub async fn send_password_reset<'a>(
        &'a self,
        body: &'a types::MailWish,
    ) -> Result<ResponseValue<types::MailAsked>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/password-reset", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "send_password_reset" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Set another password
    ///
    /// With the token of the mail. All sessions of the user end, and nobody is signed in by it.
    ///
    /// Sends a `POST` request to `/v1/auth/password-reset/confirm`
    pub async fn reset_password<'a>(
        &'a self,
        body: &'a types::PasswordReset,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/password-reset/confirm", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "reset_password" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List providers
    ///
    /// Sends a `GET` request to `/v1/auth/providers`
    pub async fn list_auth_providers<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::ProviderList>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_auth_providers" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Set up a provider
    ///
    /// Users can then sign in by it. Its answer has the address to be written down at the provider.
    ///
    /// Sends a `POST` request to `/v1/auth/providers`
    pub async fn create_auth_provider<'a>(
        &'a self,
        body: &'a types::NewProvider,
    ) -> Result<ResponseValue<types::Provider>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_auth_provider" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List the providers to sign in by
    ///
    /// What an app needs for its buttons.
    ///
    /// Sends a `GET` request to `/v1/auth/providers/available`
    pub async fn list_available_auth_providers<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AvailableProviderList>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers/available", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_available_auth_providers" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a provider
    ///
    /// Sends a `GET` request to `/v1/auth/providers/{provider}`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    pub async fn get_auth_provider<'a>(
        &'a self,
        provider: &'a str,
    ) -> Result<ResponseValue<types::Provider>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers/{}", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_auth_provider" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a provider
    ///
    /// With whom it knows: users who sign in by it alone do not come in any more.
    ///
    /// Sends a `DELETE` request to `/v1/auth/providers/{provider}`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    pub async fn delete_auth_provider<'a>(
        &'a self,
        provider: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers/{}", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_auth_provider" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a provider
    ///
    /// What is not sent stays as it is.
    ///
    /// Sends a `PATCH` request to `/v1/auth/providers/{provider}`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    /// - `body`
    pub async fn update_auth_provider<'a>(
        &'a self,
        provider: &'a str,
        body: &'a types::ProviderPatch,
    ) -> Result<ResponseValue<types::Provider>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers/{}", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_auth_provider" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Test a provider
    ///
    /// Asks its issuer for what it says of itself, and tells what is wrong with it.
    ///
    /// Sends a `POST` request to `/v1/auth/providers/{provider}/test`
    ///
    /// Arguments:
    /// - `provider`: The provider's name.
    pub async fn test_auth_provider<'a>(
        &'a self,
        provider: &'a str,
    ) -> Result<ResponseValue<types::ProviderTest>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/providers/{}/test", self.baseurl, encode_path(&provider.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "test_auth_provider" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Make new recovery codes
    ///
    /// For the signed-in user, who has a factor. Asks for a fresh proof. The codes from before are good for nothing any
    /// more.
    ///
    /// Sends a `POST` request to `/v1/auth/recovery-codes`
    pub async fn create_recovery_codes<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::RecoveryCodes>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/recovery-codes", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_recovery_codes" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Refresh the tokens
    ///
    /// A refresh token is good once. One that comes up a second time ends its session: somebody else may have it.
    /// The token names its tenant, so that nothing else has to. Where it is a cookie, so are the next ones.
    ///
    /// Sends a `POST` request to `/v1/auth/refresh`
    pub async fn refresh_tokens<'a>(
        &'a self,
        body: &'a types::Refresh,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/refresh", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "refresh_tokens" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Show a second factor
    ///
    /// Ends a sign-in that was answered by `second_factor_needed`. Five tries may be made of it within five minutes;
    /// tries of one-time passwords are counted for the user as well, apart from those of passwords.
    ///
    /// Sends a `POST` request to `/v1/auth/second-factor`
    pub async fn show_second_factor<'a>(
        &'a self,
        body: &'a types::ShowSecondFactor,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/second-factor", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "show_second_factor" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List sessions
    ///
    /// Of the signed-in user, latest used first: 100 at most.
    ///
    /// Sends a `GET` request to `/v1/auth/sessions`
    pub async fn list_sessions<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::SessionList>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sessions", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_sessions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End the other sessions
    ///
    /// All of the signed-in user's but the one whose access token is sent.
    ///
    /// Sends a `DELETE` request to `/v1/auth/sessions`
    pub async fn end_other_sessions<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::EndedSessions>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sessions", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "end_other_sessions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End a session
    ///
    /// One of the signed-in user's.
    ///
    /// Sends a `DELETE` request to `/v1/auth/sessions/{session}`
    ///
    /// Arguments:
    /// - `session`: The session's id.
    pub async fn end_session<'a>(
        &'a self,
        session: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sessions/{}", self.baseurl, encode_path(&session.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "end_session" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get the settings of auth
    ///
    /// Sends a `GET` request to `/v1/auth/settings`
    pub async fn get_auth_settings<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::AuthSettings>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/settings", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_auth_settings" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change the settings of auth
    ///
    /// What is not sent stays as it is.
    ///
    /// Sends a `PATCH` request to `/v1/auth/settings`
    pub async fn update_auth_settings<'a>(
        &'a self,
        body: &'a types::AuthSettingsPatch,
    ) -> Result<ResponseValue<types::AuthSettings>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/settings", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_auth_settings" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign in
    ///
    /// Begins a session, or is answered by `second_factor_needed` (or `second_factor_enrolment_needed`) with a token under
    /// which the second factor is shown (or set up). With `X-Neonex-Session: cookie`, here and wherever a session begins,
    /// the tokens are cookies that scripts cannot read. After five tries in a row that have failed for one address, the
    /// next has to wait, each time twice as long.
    ///
    /// Sends a `POST` request to `/v1/auth/sign-in`
    pub async fn sign_in<'a>(
        &'a self,
        body: &'a types::SignIn,
    ) -> Result<ResponseValue<types::SignedIn>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sign-in", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_in" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign out
    ///
    /// Ends the session whose access token is sent, and takes its cookies away, also where it was over already.
    ///
    /// Sends a `POST` request to `/v1/auth/sign-out`
    pub async fn sign_out<'a>(&'a self) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sign-out", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_out" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Sign up
    ///
    /// Makes a user, who can sign in from then on, and has a mail sent by which they show that the address is theirs.
    /// Whether the address has a user already is not told; its owner is.
    ///
    /// Sends a `POST` request to `/v1/auth/sign-up`
    ///
    /// Arguments:
    /// - `idempotency_key`: Makes a repetition of the request safe. That its password is the same is not looked at.
    /// - `body`
    pub async fn sign_up<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::SignUp,
    ) -> Result<ResponseValue<types::SignedUp>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/sign-up", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "sign_up" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Rotate the signing key
    ///
    /// Makes a key that signs in ten minutes; what the ones before have signed is good until it would be over anyway.
    /// With `at_once` it signs now, and what they have signed counts no more: clients have to refresh their tokens.
    ///
    /// Sends a `POST` request to `/v1/auth/signing-keys/rotate`
    pub async fn rotate_signing_key<'a>(
        &'a self,
        body: &'a types::RotateSigningKey,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/signing-keys/rotate", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "rotate_signing_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Show anew who it is
    ///
    /// By the password or by a second factor. What is dangerous asks for a proof that is not older than the tenant's
    /// `step_up_minutes`, and is refused with `step_up_needed` otherwise. A sign-in is a proof as well.
    ///
    /// Sends a `POST` request to `/v1/auth/step-up`
    pub async fn step_up<'a>(
        &'a self,
        body: &'a types::StepUp,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/step-up", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "step_up" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get the signed-in user
    ///
    /// Sends a `GET` request to `/v1/auth/user`
    pub async fn get_signed_in_user<'a>(
        &'a self,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/user", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_signed_in_user" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Have the mail sent again that verifies an address
    ///
    /// To a user who has signed up with it and not shown yet that it is theirs. Whether there is one is not told.
    ///
    /// Sends a `POST` request to `/v1/auth/verification`
    pub async fn send_verification<'a>(
        &'a self,
        body: &'a types::MailWish,
    ) -> Result<ResponseValue<types::MailAsked>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/verification", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "send_verification" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Verify an address
    ///
    /// With the token of the mail to who has signed up with it.
    ///
    /// Sends a `POST` request to `/v1/auth/verify`
    pub async fn verify_email<'a>(
        &'a self,
        body: &'a types::LinkToken,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/auth/verify", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "verify_email" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Write many records at once
    ///
    /// All of the operations are done, or none. Each asks what it would ask alone, and counts as a request of its own.
    ///
    /// Sends a `POST` request to `/v1/batch`
    ///
    /// Arguments:
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn write_batch<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::Batch,
    ) -> Result<ResponseValue<types::BatchResults>, Error<types::Problem>> {
        let url = format!("{}/v1/batch", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "write_batch" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List collections
    ///
    /// All of them, by name: a tenant has at most 1,000.
    ///
    /// Sends a `GET` request to `/v1/collections`
    pub async fn list_collections<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::CollectionList>, Error<types::Problem>> {
        let url = format!("{}/v1/collections", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_collections" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a collection
    ///
    /// Sends a `POST` request to `/v1/collections`
    ///
    /// Arguments:
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn create_collection<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::NewCollection,
    ) -> Result<ResponseValue<types::Collection>, Error<types::Problem>> {
        let url = format!("{}/v1/collections", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_collection" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a collection
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `if_none_match`: The `ETag` of the collection that the client has.
    pub async fn get_collection<'a>(
        &'a self,
        collection: &'a str,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::Collection>, Error<types::Problem>> {
        let url = format!("{}/v1/collections/{}", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_collection" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a collection
    ///
    /// With all its records, at once.
    ///
    /// Sends a `DELETE` request to `/v1/collections/{collection}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `if_match`: The `ETag` of the collection that is to be deleted; 412 if it is another by now.
    pub async fn delete_collection<'a>(
        &'a self,
        collection: &'a str,
        if_match: Option<&'a str>,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/collections/{}", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_collection" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a collection
    ///
    /// `fields` is the whole list as it is to be. A field that has another name now says its earlier one in
    /// `renamed_from` and keeps its values; a field is dropped only if `drop_fields` names it.
    ///
    /// Sends a `PATCH` request to `/v1/collections/{collection}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `if_match`: The `ETag` of the collection that is to be changed; 412 if it is another by now.
    /// - `body`
    pub async fn update_collection<'a>(
        &'a self,
        collection: &'a str,
        if_match: Option<&'a str>,
        body: &'a types::CollectionPatch,
    ) -> Result<ResponseValue<types::Collection>, Error<types::Problem>> {
        let url = format!("{}/v1/collections/{}", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_collection" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get advice about indexes
    ///
    /// From the lists, aggregates, exports and writes by filter that there were: which indexes they lack, and which they do
    /// without.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/advice`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    pub async fn get_advice<'a>(
        &'a self,
        collection: &'a str,
    ) -> Result<ResponseValue<types::Advice>, Error<types::Problem>> {
        let url = format!("{}/v1/collections/{}/advice", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_advice" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Compute counts, sums and the like of records
    ///
    /// Of the records that a list would show.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/aggregate`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `calculate`: What is computed, apart by commas: `count`, `count(field)`, `count_distinct(field)`, `sum(field)`,
    /// `avg(field)`, `min(field)`, `max(field)`; with a name before it if wanted, as `revenue:sum(price)`.
    /// `count` if not given; with nothing in it, groups alone are shown.
    /// - `filter`: A condition in CEL over the fields, as `year >= 1990 && director != null`.
    /// - `group_by`: Fields by whose values records are grouped, apart by commas; of times also `day(field)`, `week(field)`,
    /// `month(field)` and `year(field)`, by the first day in UTC. All records are one group if not given.
    /// - `limit`: Groups that are shown: 1 to 1,000, 100 by default.
    /// - `sort`: Names of what is shown, apart by commas, `-` before one for the other way around. By the groups if not
    /// given.
    pub async fn aggregate_records<'a>(
        &'a self,
        collection: &'a str,
        calculate: Option<&'a str>,
        filter: Option<&'a str>,
        group_by: Option<&'a str>,
        limit: Option<u32>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<types::GroupList>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/aggregate", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("calculate", &calculate))
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("group_by", &group_by))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("sort", &sort))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "aggregate_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List deleted records
    ///
    /// Those that went last first. Each can be undeleted as long as it is in this list.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/deleted`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Records on the page: 1 to 200, 50 by default.
    pub async fn list_deleted_records<'a>(
        &'a self,
        collection: &'a str,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::DeletedRecordList>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/deleted", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_deleted_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Explain a list
    ///
    /// The database is asked how it would do it, and no record is shown.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/explain`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `filter`: As for the list.
    /// - `ruled`: Whether the list is one of those whom the collection's list rule binds.
    /// - `sort`: As for the list.
    pub async fn explain_list<'a>(
        &'a self,
        collection: &'a str,
        filter: Option<&'a str>,
        ruled: Option<bool>,
        sort: Option<&'a str>,
    ) -> Result<ResponseValue<types::Explanation>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/explain", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("ruled", &ruled))
            .query(&progenitor_client::QueryParam::new("sort", &sort))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "explain_list" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List records by a body
    ///
    /// The list that is asked for with the same parameters in a URL, for a question that is too long for one: a `nearest`
    /// of hundreds of numbers, or a long filter. Nothing is written.
    ///
    /// Sends a `POST` request to `/v1/collections/{collection}/query`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `body`
    pub async fn query_records<'a>(
        &'a self,
        collection: &'a str,
        body: &'a types::RecordQuery,
    ) -> Result<ResponseValue<types::RecordList>, Error<types::Problem>> {
        let url = format!("{}/v1/collections/{}/query", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "query_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List records
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/records`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `as_of`: All records as they were at that time (RFC 3339), in the order of their ids; with `fields`, `limit` and
    /// `cursor` only. A page may have fewer records than it has room for. Needs the scope `records:read`.
    /// - `count`: Whether the total is counted.
    /// - `cursor`: `next_cursor` of the page before.
    /// - `expand`: Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
    /// stand in `expand`, as far as they may be seen. `notes_via_room` are the records of `notes` whose `room` points
    /// here.
    /// - `fields`: Fields to be shown, apart by commas; all if not given. `room.name` is a field of the record that `room` points
    /// to, which then stands in `expand`; `*` stands for all fields, as in `*,room.name`.
    /// - `filter`: A condition in CEL over the fields, as `year >= 1990 && director != null`.
    /// - `highlight`: Whether each record has `_highlights`: an excerpt of each text in which something was found, as HTML with
    /// `<mark>` around it.
    /// - `limit`: Records on the page: 1 to 200, 50 by default.
    /// - `metric`: How vectors are compared; `cosine` by default.
    /// - `near`: `field:latitude,longitude`: records whose `geo_point` is nearest come first; each has its `_distance` in
    /// metres.
    /// - `nearest`: `field:[0.5,…]`: records whose `vector` is most like it come first; each has its `_distance`. One
    /// that is too long for a URL can be sent by `query`.
    /// - `search`: Words that are searched for in the fields of the collection's search index: all of them, `"phrases"`,
    /// `beginnings*`, and `-` before what must not be there. What fits best comes first if `sort` is not given;
    /// each record has its `_score`.
    /// - `sort`: Fields apart by commas, `-` before one for the other way around; nulls come first. By id if not given. `@random`
    /// is another order each time, and has one page.
    /// - `within`: `field:latitude,longitude,metres` or `field:south,west,north,east`: records whose `geo_point` lies in that
    /// circle or box.
    pub async fn list_records<'a>(
        &'a self,
        collection: &'a str,
        as_of: Option<&'a str>,
        count: Option<&'a crate::generated::enums::CountMode>,
        cursor: Option<&'a str>,
        expand: Option<&'a str>,
        fields: Option<&'a str>,
        filter: Option<&'a str>,
        highlight: Option<bool>,
        limit: Option<u32>,
        metric: Option<&'a crate::generated::enums::MetricMode>,
        near: Option<&'a str>,
        nearest: Option<&'a str>,
        search: Option<&'a str>,
        sort: Option<&'a str>,
        within: Option<&'a str>,
    ) -> Result<ResponseValue<types::RecordList>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/records", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("as_of", &as_of))
            .query(&progenitor_client::QueryParam::new("count", &count))
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("expand", &expand))
            .query(&progenitor_client::QueryParam::new("fields", &fields))
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .query(&progenitor_client::QueryParam::new("highlight", &highlight))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("metric", &metric))
            .query(&progenitor_client::QueryParam::new("near", &near))
            .query(&progenitor_client::QueryParam::new("nearest", &nearest))
            .query(&progenitor_client::QueryParam::new("search", &search))
            .query(&progenitor_client::QueryParam::new("sort", &sort))
            .query(&progenitor_client::QueryParam::new("within", &within))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create or replace the record of a key
    ///
    /// The record that has the values which are sent in the fields of `key`, whether there is one or not. Fields that are
    /// not sent get their default, or null.
    ///
    /// Sends a `PUT` request to `/v1/collections/{collection}/records`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `key`: A unique field, or the fields of a unique index apart by commas.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `if_match`: The `ETag` of the record that is to be replaced; 412 if it is another by now.
    /// - `if_none_match`: `*`: only if there is no such record; 412 if there is.
    /// - `body`
    pub async fn upsert_record_by_key<'a>(
        &'a self,
        collection: &'a str,
        key: &'a str,
        idempotency_key: Option<&'a str>,
        if_match: Option<&'a str>,
        if_none_match: Option<&'a str>,
        body: &'a types::RecordInput,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/records", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(4usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(&progenitor_client::QueryParam::new("key", &key))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "upsert_record_by_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a record
    ///
    /// Sends a `POST` request to `/v1/collections/{collection}/records`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn create_record<'a>(
        &'a self,
        collection: &'a str,
        idempotency_key: Option<&'a str>,
        body: &'a types::RecordInput,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/records", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete the records that a filter finds
    ///
    /// All of them are deleted, or none: of those that may be seen, those that may be deleted. At most 10,000, with those
    /// that go along.
    ///
    /// Sends a `DELETE` request to `/v1/collections/{collection}/records`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `dry_run`: Only counts.
    /// - `expect`: How many records there must be; 409 if there are more or less by now.
    /// - `filter`: A condition in CEL over the fields; `true` stands for all.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    pub async fn delete_records<'a>(
        &'a self,
        collection: &'a str,
        dry_run: Option<bool>,
        expect: Option<u64>,
        filter: &'a str,
        idempotency_key: Option<&'a str>,
    ) -> Result<ResponseValue<types::BulkResult>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/records", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("dry_run", &dry_run))
            .query(&progenitor_client::QueryParam::new("expect", &expect))
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change the records that a filter finds
    ///
    /// All of them are changed, or none: of those that may be seen, those that may be changed. At most 10,000.
    ///
    /// Sends a `PATCH` request to `/v1/collections/{collection}/records`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `dry_run`: Only counts.
    /// - `expect`: How many records there must be; 409 if there are more or less by now.
    /// - `filter`: A condition in CEL over the fields; `true` stands for all.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn update_records<'a>(
        &'a self,
        collection: &'a str,
        dry_run: Option<bool>,
        expect: Option<u64>,
        filter: &'a str,
        idempotency_key: Option<&'a str>,
        body: &'a types::RecordInput,
    ) -> Result<ResponseValue<types::BulkResult>, Error<types::Problem>> {
        let url =
            format!("{}/v1/collections/{}/records", self.baseurl, encode_path(&collection.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .query(&progenitor_client::QueryParam::new("dry_run", &dry_run))
            .query(&progenitor_client::QueryParam::new("expect", &expect))
            .query(&progenitor_client::QueryParam::new("filter", &filter))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_records" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a record
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/records/{record}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `as_of`: The record as it was at that time (RFC 3339), without `expand`. Needs the scope `records:read`.
    /// - `expand`: Relations to be followed, by paths apart by commas, as `room,room.owner`: the records that they point to
    /// stand in `expand`, as far as they may be seen. `notes_via_room` are the records of `notes` whose `room` points
    /// here.
    /// - `fields`: Fields to be shown, apart by commas; all if not given. `room.name` is a field of the record that `room` points
    /// to, which then stands in `expand`; `*` stands for all fields, as in `*,room.name`.
    /// - `if_none_match`: The `ETag` of the record that the client has. It tells nothing of records that are pointed to.
    pub async fn get_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        as_of: Option<&'a str>,
        expand: Option<&'a str>,
        fields: Option<&'a str>,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("as_of", &as_of))
            .query(&progenitor_client::QueryParam::new("expand", &expand))
            .query(&progenitor_client::QueryParam::new("fields", &fields))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create or replace a record
    ///
    /// Fields that are not sent get their default, or null.
    ///
    /// Sends a `PUT` request to `/v1/collections/{collection}/records/{record}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id, which the client may choose.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `if_match`: The `ETag` of the record that is to be replaced; 412 if it is another by now.
    /// - `if_none_match`: `*`: only if there is no such record; 412 if there is.
    /// - `body`
    pub async fn upsert_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        idempotency_key: Option<&'a str>,
        if_match: Option<&'a str>,
        if_none_match: Option<&'a str>,
        body: &'a types::RecordInput,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(4usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "upsert_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a record
    ///
    /// Sends a `DELETE` request to `/v1/collections/{collection}/records/{record}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `if_match`: The `ETag` of the record that is to be deleted; 412 if it is another by now.
    pub async fn delete_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        idempotency_key: Option<&'a str>,
        if_match: Option<&'a str>,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a record
    ///
    /// The fields that are sent; null is a value, and what is not sent stays as it is. A number may be told by what is
    /// added to it, `{"$increment": 1}`, and an array by what leaves it and what comes to its end,
    /// `{"$remove": ["a"], "$append": ["b"]}`.
    ///
    /// Sends a `PATCH` request to `/v1/collections/{collection}/records/{record}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `if_match`: The `ETag` of the record that is to be changed; 412 if it is another by now.
    /// - `body`
    pub async fn update_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        idempotency_key: Option<&'a str>,
        if_match: Option<&'a str>,
        body: &'a types::RecordInput,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Revert a record
    ///
    /// Its fields get the values that they had at a time. It is an ordinary change of the record, and asks what any other
    /// asks. Fields that it did not have then stay as they are.
    ///
    /// Sends a `POST` request to `/v1/collections/{collection}/records/{record}/revert`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `if_match`: The `ETag` of the record that is to be reverted; 412 if it is another by now.
    /// - `body`
    pub async fn revert_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        idempotency_key: Option<&'a str>,
        if_match: Option<&'a str>,
        body: &'a types::RevertBody,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}/revert",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(3usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "revert_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List the changes of a record
    ///
    /// The latest first, each with the fields that it changed; of a deleted record too.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/records/{record}/revisions`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Changes on the page: 1 to 200, 50 by default.
    pub async fn list_revisions<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::RevisionList>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}/revisions",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_revisions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a change of a record
    ///
    /// The latest one at that time, with the record as it was then.
    ///
    /// Sends a `GET` request to `/v1/collections/{collection}/records/{record}/revisions/{at}`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `at`: The change's time, or a later one: RFC 3339.
    pub async fn get_revision<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        at: &'a str,
    ) -> Result<ResponseValue<types::RevisionState>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}/revisions/{}",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
            encode_path(&at.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_revision" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Undelete a record
    ///
    /// It is made again with its id, and with the values that it had when it was deleted. What it points to must be there.
    ///
    /// Sends a `POST` request to `/v1/collections/{collection}/records/{record}/undelete`
    ///
    /// Arguments:
    /// - `collection`: The collection's name or id.
    /// - `record`: The record's id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    pub async fn undelete_record<'a>(
        &'a self,
        collection: &'a str,
        record: &'a str,
        idempotency_key: Option<&'a str>,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/collections/{}/records/{}/undelete",
            self.baseurl,
            encode_path(&collection.to_string()),
            encode_path(&record.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "undelete_record" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List mail templates
    ///
    /// Each kind of mail in each language: the tenant's own, else those that come with the server.
    ///
    /// Sends a `GET` request to `/v1/mail-templates`
    pub async fn list_mail_templates<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::MailTemplateList>, Error<types::Problem>> {
        let url = format!("{}/v1/mail-templates", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_mail_templates" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a mail template
    ///
    /// Sends a `GET` request to `/v1/mail-templates/{name}/{locale}`
    ///
    /// Arguments:
    /// - `name`: The kind of mail: `verify_email`, `magic_link`.
    /// - `locale`: The language: `en`, `pt-BR`.
    pub async fn get_mail_template<'a>(
        &'a self,
        name: &'a str,
        locale: &'a str,
    ) -> Result<ResponseValue<types::MailTemplate>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/mail-templates/{}/{}",
            self.baseurl,
            encode_path(&name.to_string()),
            encode_path(&locale.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_mail_template" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Set a mail template
    ///
    /// `{{name}}` stands for a value; `{{#name}}…{{/name}}` is there where there is one, `{{^name}}…{{/name}}` where
    /// there is none. Values are escaped in HTML. A name that a mail of that kind does not have is refused.
    ///
    /// Sends a `PUT` request to `/v1/mail-templates/{name}/{locale}`
    ///
    /// Arguments:
    /// - `name`: The kind of mail.
    /// - `locale`: The language.
    /// - `body`
    pub async fn set_mail_template<'a>(
        &'a self,
        name: &'a str,
        locale: &'a str,
        body: &'a types::MailTemplateSource,
    ) -> Result<ResponseValue<types::MailTemplate>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/mail-templates/{}/{}",
            self.baseurl,
            encode_path(&name.to_string()),
            encode_path(&locale.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .put(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "set_mail_template" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a mail template
    ///
    /// One of the tenant's own. From then on the one that comes with the server is used, or another language.
    ///
    /// Sends a `DELETE` request to `/v1/mail-templates/{name}/{locale}`
    ///
    /// Arguments:
    /// - `name`: The kind of mail.
    /// - `locale`: The language.
    pub async fn delete_mail_template<'a>(
        &'a self,
        name: &'a str,
        locale: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/mail-templates/{}/{}",
            self.baseurl,
            encode_path(&name.to_string()),
            encode_path(&locale.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_mail_template" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Preview a mail
    ///
    /// With values to show it by: of the template that is kept, or of one that is being written.
    ///
    /// Sends a `POST` request to `/v1/mail-templates/{name}/{locale}/preview`
    ///
    /// Arguments:
    /// - `name`: The kind of mail.
    /// - `locale`: The language.
    /// - `body`
    pub async fn preview_mail<'a>(
        &'a self,
        name: &'a str,
        locale: &'a str,
        body: &'a types::PreviewMail,
    ) -> Result<ResponseValue<types::MailPreview>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/mail-templates/{}/{}/preview",
            self.baseurl,
            encode_path(&name.to_string()),
            encode_path(&locale.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "preview_mail" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Send a mail to look at
    ///
    /// Of the template that is kept, with values to show it by. It counts as one of the tenant's mails.
    ///
    /// Sends a `POST` request to `/v1/mail-templates/{name}/{locale}/test`
    ///
    /// Arguments:
    /// - `name`: The kind of mail.
    /// - `locale`: The language.
    /// - `body`
    pub async fn send_test_mail<'a>(
        &'a self,
        name: &'a str,
        locale: &'a str,
        body: &'a types::TestMail,
    ) -> Result<ResponseValue<types::TestMailAsked>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/mail-templates/{}/{}/test",
            self.baseurl,
            encode_path(&name.to_string()),
            encode_path(&locale.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "send_test_mail" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            202u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List mails
    ///
    /// Latest first, without what they say. They are kept for 30 days.
    ///
    /// Sends a `GET` request to `/v1/mails`
    ///
    /// Arguments:
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Mails on the page: 1 to 200, 50 by default.
    /// - `state`: Only those in that state.
    /// - `to`: Only those to that address, in any case.
    pub async fn list_mails<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<u32>,
        state: Option<&'a crate::generated::enums::MailState>,
        to: Option<&'a str>,
    ) -> Result<ResponseValue<types::MailList>, Error<types::Problem>> {
        let url = format!("{}/v1/mails", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .query(&progenitor_client::QueryParam::new("state", &state))
            .query(&progenitor_client::QueryParam::new("to", &to))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_mails" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a mail
    ///
    /// With what it says, until it was sent or that is over. Who reads it can do what its recipient can, so this needs
    /// the scope to write.
    ///
    /// Sends a `GET` request to `/v1/mails/{mail}`
    ///
    /// Arguments:
    /// - `mail`: The mail's id.
    pub async fn get_mail<'a>(
        &'a self,
        mail: &'a str,
    ) -> Result<ResponseValue<types::OpenMail>, Error<types::Problem>> {
        let url = format!("{}/v1/mails/{}", self.baseurl, encode_path(&mail.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_mail" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Try a mail again
    ///
    /// One that waits or was given up is tried now, and as often as a new one. 409 where it was sent, or where what it
    /// says is over.
    ///
    /// Sends a `POST` request to `/v1/mails/{mail}/retry`
    ///
    /// Arguments:
    /// - `mail`: The mail's id.
    pub async fn retry_mail<'a>(
        &'a self,
        mail: &'a str,
    ) -> Result<ResponseValue<types::Mail>, Error<types::Problem>> {
        let url = format!("{}/v1/mails/{}/retry", self.baseurl, encode_path(&mail.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "retry_mail" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List members
    ///
    /// By address: 200 at most.
    ///
    /// Sends a `GET` request to `/v1/members`
    pub async fn list_members<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::MemberList>, Error<types::Problem>> {
        let url = format!("{}/v1/members", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_members" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List invitations to be a member
    ///
    /// Those that can still be taken, oldest first: 200 at most.
    ///
    /// Sends a `GET` request to `/v1/members/invitations`
    pub async fn list_tenant_invitations<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::TenantInvitationList>, Error<types::Problem>> {
        let url = format!("{}/v1/members/invitations", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_tenant_invitations" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Invite a member
    ///
    /// By a mail to their address, good for a week and once. One that was sent there before counts no more.
    ///
    /// Sends a `POST` request to `/v1/members/invitations`
    pub async fn invite_member<'a>(
        &'a self,
        body: &'a types::NewTenantInvitation,
    ) -> Result<ResponseValue<types::TenantInvitation>, Error<types::Problem>> {
        let url = format!("{}/v1/members/invitations", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "invite_member" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Revoke an invitation to be a member
    ///
    /// Sends a `DELETE` request to `/v1/members/invitations/{invitation}`
    ///
    /// Arguments:
    /// - `invitation`: The invitation's id.
    pub async fn revoke_tenant_invitation<'a>(
        &'a self,
        invitation: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url =
            format!("{}/v1/members/invitations/{}", self.baseurl, encode_path(&invitation.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "revoke_tenant_invitation" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Remove a member
    ///
    /// Under the conditions of `update_member`. The account stays; its sessions and tokens do nothing in the tenant from
    /// now on.
    ///
    /// Sends a `DELETE` request to `/v1/members/{account}`
    ///
    /// Arguments:
    /// - `account`: The account's id.
    pub async fn remove_member<'a>(
        &'a self,
        account: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/members/{}", self.baseurl, encode_path(&account.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "remove_member" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a member's role
    ///
    /// Nobody gives or takes a role that allows more than they may do themselves, only owners make owners or stop them, and
    /// the last owner stays one. It counts at once, and what the member has invited others to counts no more.
    ///
    /// Sends a `PATCH` request to `/v1/members/{account}`
    ///
    /// Arguments:
    /// - `account`: The account's id.
    /// - `body`
    pub async fn update_member<'a>(
        &'a self,
        account: &'a str,
        body: &'a types::MemberPatch,
    ) -> Result<ResponseValue<types::Member>, Error<types::Problem>> {
        let url = format!("{}/v1/members/{}", self.baseurl, encode_path(&account.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_member" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get the tenant's own document
    ///
    /// An OpenAPI 3.0 document with the collections as typed schemas, and the operations on their records.
    ///
    /// Sends a `GET` request to `/v1/openapi.json`
    pub async fn get_tenant_document<'a>(
        &'a self,
    ) -> Result<ResponseValue<::serde_json::Value>, Error<types::Problem>> {
        let url = format!("{}/v1/openapi.json", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_tenant_document" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List roles
    ///
    /// Those that come with the server, then the tenant's own by name: 54 at most.
    ///
    /// Sends a `GET` request to `/v1/roles`
    pub async fn list_roles<'a>(&'a self) -> Result<ResponseValue<types::RoleList>, Error<types::Problem>> {
        let url = format!("{}/v1/roles", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_roles" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a role
    ///
    /// Of what whoever makes it may do themselves.
    ///
    /// Sends a `POST` request to `/v1/roles`
    pub async fn create_role<'a>(
        &'a self,
        body: &'a types::NewRole,
    ) -> Result<ResponseValue<types::Role>, Error<types::Problem>> {
        let url = format!("{}/v1/roles", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_role" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a role
    ///
    /// Sends a `GET` request to `/v1/roles/{role}`
    ///
    /// Arguments:
    /// - `role`: The role's name.
    pub async fn get_role<'a>(
        &'a self,
        role: &'a str,
    ) -> Result<ResponseValue<types::Role>, Error<types::Problem>> {
        let url = format!("{}/v1/roles/{}", self.baseurl, encode_path(&role.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_role" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a role
    ///
    /// One of the tenant's own, that no member and no open invitation has.
    ///
    /// Sends a `DELETE` request to `/v1/roles/{role}`
    ///
    /// Arguments:
    /// - `role`: The role's name.
    pub async fn delete_role<'a>(
        &'a self,
        role: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/roles/{}", self.baseurl, encode_path(&role.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_role" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a role
    ///
    /// One of the tenant's own, that allows no more than whoever changes it may do themselves, before and after. It counts
    /// at once for all who have it.
    ///
    /// Sends a `PATCH` request to `/v1/roles/{role}`
    ///
    /// Arguments:
    /// - `role`: The role's name.
    /// - `body`
    pub async fn update_role<'a>(
        &'a self,
        role: &'a str,
        body: &'a types::RolePatch,
    ) -> Result<ResponseValue<types::Role>, Error<types::Problem>> {
        let url = format!("{}/v1/roles/{}", self.baseurl, encode_path(&role.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_role" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Explain rules
    ///
    /// What each rule of a collection says of somebody, and which of its parts says so. With `record` that record is read,
    /// changed (by `input`, if there is one) and deleted; with `input` alone a record is made; without either, what is said
    /// of no record in particular. Nothing is kept of it. The rules of fields are explained, too.
    ///
    /// This needs the scopes `records:read` and `collections:read`, and `auth:read` to ask as a user, or `keys:read` as a
    /// key.
    ///
    /// Sends a `POST` request to `/v1/rules/explain`
    pub async fn explain_rules<'a>(
        &'a self,
        body: &'a types::RuleQuestion,
    ) -> Result<ResponseValue<types::RulesExplanation>, Error<types::Problem>> {
        let url = format!("{}/v1/rules/explain", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "explain_rules" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Lint rules
    ///
    /// What is to be said against the rules of all collections: those that let everybody in, those that let in nobody or
    /// have parts that change nothing, those that no index serves. Only what is certain is said.
    ///
    /// Sends a `GET` request to `/v1/rules/lint`
    pub async fn lint_rules<'a>(
        &'a self,
    ) -> Result<ResponseValue<types::RuleFindingList>, Error<types::Problem>> {
        let url = format!("{}/v1/rules/lint", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "lint_rules" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List changes of the collections
    ///
    /// Oldest first: each with the request that made it, so that the requests made again in this order make the same
    /// collections elsewhere. A tenant that is older than its history begins it with a baseline.
    ///
    /// Sends a `GET` request to `/v1/schema/migrations`
    ///
    /// Arguments:
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Changes on the page: 1 to 200, 50 by default.
    pub async fn list_schema_migrations<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::SchemaMigrationList>, Error<types::Problem>> {
        let url = format!("{}/v1/schema/migrations", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_schema_migrations" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List slow queries
    ///
    /// Those whose statements took longer than `NEONEX_SLOW_QUERY`, or than the tenant's own `slow_query_ms`, by kind: the
    /// kind that took the most time in all comes first. No constant of a filter is kept.
    ///
    /// Sends a `GET` request to `/v1/slow-queries`
    ///
    /// Arguments:
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Kinds on the page: 1 to 200, 50 by default.
    pub async fn list_slow_queries<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::SlowQueryList>, Error<types::Problem>> {
        let url = format!("{}/v1/slow-queries", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_slow_queries" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List tenants
    ///
    /// Oldest first, deleted ones too as long as they can be restored.
    ///
    /// Sends a `GET` request to `/v1/tenants`
    ///
    /// Arguments:
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Tenants on the page: 1 to 200, 50 by default.
    pub async fn list_tenants<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::TenantList>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_tenants" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a tenant
    ///
    /// Sends a `POST` request to `/v1/tenants`
    ///
    /// Arguments:
    /// - `idempotency_key`: Makes a repetition of the request safe: the same key with the same body gets the same answer, and
    /// nothing is done twice.
    /// - `body`
    pub async fn create_tenant<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::NewTenant,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a tenant
    ///
    /// Sends a `GET` request to `/v1/tenants/{tenant}`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `if_none_match`: The `ETag` of the tenant that the client has.
    pub async fn get_tenant<'a>(
        &'a self,
        tenant: &'a str,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Delete a tenant
    ///
    /// It is refused from now on, and its data goes after seven days. Until then it can be restored.
    ///
    /// Sends a `DELETE` request to `/v1/tenants/{tenant}`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `if_match`: The `ETag` of the tenant that is to be deleted; 412 if it is another by now.
    pub async fn delete_tenant<'a>(
        &'a self,
        tenant: &'a str,
        if_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a tenant
    ///
    /// Its slug, its name or its settings; what is not sent stays as it is.
    ///
    /// Sends a `PATCH` request to `/v1/tenants/{tenant}`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `if_match`: The `ETag` of the tenant that is to be changed; 412 if it is another by now.
    /// - `body`
    pub async fn update_tenant<'a>(
        &'a self,
        tenant: &'a str,
        if_match: Option<&'a str>,
        body: &'a types::TenantPatch,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get what an issuer says of itself
    ///
    /// At the place below a token's `iss` where libraries look for it (OpenID Connect Discovery 1.0, §4). Not there where
    /// whoever runs the server has not set `server.public_url`: an issuer has no address then.
    ///
    /// Sends a `GET` request to `/v1/tenants/{tenant}/.well-known/openid-configuration`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `if_none_match`: The `ETag` of the answer that the client has.
    pub async fn get_issuer_metadata<'a>(
        &'a self,
        tenant: &'a str,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::IssuerMetadata>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/tenants/{}/.well-known/openid-configuration",
            self.baseurl,
            encode_path(&tenant.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_issuer_metadata" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a tenant's signing keys
    ///
    /// The same keys as at `/v1/auth/jwks.json`, at an address that names the tenant, for who knows nothing but a token's
    /// issuer. Everybody may ask.
    ///
    /// Sends a `GET` request to `/v1/tenants/{tenant}/auth/jwks.json`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `if_none_match`: The `ETag` of the keys that the client has.
    pub async fn get_tenant_signing_keys<'a>(
        &'a self,
        tenant: &'a str,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::Jwks>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/auth/jwks.json", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_tenant_signing_keys" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List keys
    ///
    /// Oldest first, revoked and expired ones too.
    ///
    /// Sends a `GET` request to `/v1/tenants/{tenant}/keys`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Keys on the page: 1 to 200, 50 by default.
    pub async fn list_keys<'a>(
        &'a self,
        tenant: &'a str,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::KeyList>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/keys", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_keys" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a key
    ///
    /// A secret key made without scopes has all of them. The key is shown in this answer and never again.
    ///
    /// Sends a `POST` request to `/v1/tenants/{tenant}/keys`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn create_key<'a>(
        &'a self,
        tenant: &'a str,
        idempotency_key: Option<&'a str>,
        body: &'a types::NewKey,
    ) -> Result<ResponseValue<types::Key>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/keys", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Get a key
    ///
    /// Sends a `GET` request to `/v1/tenants/{tenant}/keys/{key}`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `key`: The key's id.
    /// - `if_none_match`: The `ETag` of the key that the client has.
    pub async fn get_key<'a>(
        &'a self,
        tenant: &'a str,
        key: &'a str,
        if_none_match: Option<&'a str>,
    ) -> Result<ResponseValue<types::Key>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/tenants/{}/keys/{}",
            self.baseurl,
            encode_path(&tenant.to_string()),
            encode_path(&key.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_none_match {
            header_map.append("If-None-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "get_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Revoke a key
    ///
    /// It is refused at once, and stays in the list. Of one that is revoked, nothing changes.
    ///
    /// Sends a `DELETE` request to `/v1/tenants/{tenant}/keys/{key}`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `key`: The key's id.
    /// - `if_match`: The `ETag` of the key that is to be revoked; 412 if it is another by now.
    pub async fn revoke_key<'a>(
        &'a self,
        tenant: &'a str,
        key: &'a str,
        if_match: Option<&'a str>,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/tenants/{}/keys/{}",
            self.baseurl,
            encode_path(&tenant.to_string()),
            encode_path(&key.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = if_match {
            header_map.append("If-Match", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "revoke_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Rotate a key
    ///
    /// Makes a new key of the same name, kind and scopes. The old one goes on working for the overlap.
    ///
    /// Sends a `POST` request to `/v1/tenants/{tenant}/keys/{key}/rotate`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    /// - `key`: The key's id.
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn rotate_key<'a>(
        &'a self,
        tenant: &'a str,
        key: &'a str,
        idempotency_key: Option<&'a str>,
        body: &'a types::RotateKey,
    ) -> Result<ResponseValue<types::Key>, Error<types::Problem>> {
        let url = format!(
            "{}/v1/tenants/{}/keys/{}/rotate",
            self.baseurl,
            encode_path(&tenant.to_string()),
            encode_path(&key.to_string()),
        );
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "rotate_key" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Restore a deleted tenant
    ///
    /// Of one that is not deleted, nothing changes.
    ///
    /// Sends a `POST` request to `/v1/tenants/{tenant}/restore`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    pub async fn restore_tenant<'a>(
        &'a self,
        tenant: &'a str,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/restore", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "restore_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Let a suspended tenant go on
    ///
    /// Of one that is not suspended, nothing changes.
    ///
    /// Sends a `POST` request to `/v1/tenants/{tenant}/resume`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    pub async fn resume_tenant<'a>(
        &'a self,
        tenant: &'a str,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/resume", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "resume_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Suspend a tenant
    ///
    /// Its keys are refused, its data stays. Of one that is suspended, nothing changes.
    ///
    /// Sends a `POST` request to `/v1/tenants/{tenant}/suspend`
    ///
    /// Arguments:
    /// - `tenant`: The tenant's id or slug.
    pub async fn suspend_tenant<'a>(
        &'a self,
        tenant: &'a str,
    ) -> Result<ResponseValue<types::Tenant>, Error<types::Problem>> {
        let url = format!("{}/v1/tenants/{}/suspend", self.baseurl, encode_path(&tenant.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "suspend_tenant" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Create a user
    ///
    /// Sends a `POST` request to `/v1/users`
    pub async fn create_user<'a>(
        &'a self,
        body: &'a types::NewUser,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!("{}/v1/users", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "create_user" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List invitations
    ///
    /// Those that were not taken yet and still can be, latest first.
    ///
    /// Sends a `GET` request to `/v1/users/invitations`
    ///
    /// Arguments:
    /// - `cursor`: `next_cursor` of the page before.
    /// - `limit`: Invitations on the page: 1 to 200, 50 by default.
    pub async fn list_invitations<'a>(
        &'a self,
        cursor: Option<&'a str>,
        limit: Option<u32>,
    ) -> Result<ResponseValue<types::InvitationList>, Error<types::Problem>> {
        let url = format!("{}/v1/users/invitations", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .query(&progenitor_client::QueryParam::new("cursor", &cursor))
            .query(&progenitor_client::QueryParam::new("limit", &limit))
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_invitations" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Invite somebody
    ///
    /// By a mail to their address, good for a week. Refused where `sign_up` is `closed`.
    ///
    /// Sends a `POST` request to `/v1/users/invitations`
    ///
    /// Arguments:
    /// - `idempotency_key`: Makes a repetition of the request safe.
    /// - `body`
    pub async fn invite_user<'a>(
        &'a self,
        idempotency_key: Option<&'a str>,
        body: &'a types::NewInvitation,
    ) -> Result<ResponseValue<types::Invitation>, Error<types::Problem>> {
        let url = format!("{}/v1/users/invitations", self.baseurl,);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(2usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        if let Some(value) = idempotency_key {
            header_map.append("Idempotency-Key", value.to_string().try_into()?);
        }
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "invite_user" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            201u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Revoke an invitation
    ///
    /// Sends a `DELETE` request to `/v1/users/invitations/{invitation}`
    ///
    /// Arguments:
    /// - `invitation`: The invitation's id.
    pub async fn revoke_invitation<'a>(
        &'a self,
        invitation: &'a str,
    ) -> Result<ResponseValue<()>, Error<types::Problem>> {
        let url = format!("{}/v1/users/invitations/{}", self.baseurl, encode_path(&invitation.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "revoke_invitation" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            204u16 => Ok(ResponseValue::empty(response)),
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Change a user
    ///
    /// What auth owns of one: address, password, roles, and whether they are verified or kept out. Their own fields are
    /// changed like those of any record.
    ///
    /// Sends a `PATCH` request to `/v1/users/{user}`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    /// - `body`
    pub async fn update_user<'a>(
        &'a self,
        user: &'a str,
        body: &'a types::UserPatch,
    ) -> Result<ResponseValue<crate::AnyRecord>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .patch(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .json(&body)
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "update_user" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List a user's factors
    ///
    /// Oldest first: all of them.
    ///
    /// Sends a `GET` request to `/v1/users/{user}/factors`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    pub async fn list_user_factors<'a>(
        &'a self,
        user: &'a str,
    ) -> Result<ResponseValue<types::FactorList>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}/factors", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_user_factors" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Remove a user's factors
    ///
    /// All of them, with the recovery codes: for a user who has lost them.
    ///
    /// Sends a `DELETE` request to `/v1/users/{user}/factors`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    pub async fn delete_user_factors<'a>(
        &'a self,
        user: &'a str,
    ) -> Result<ResponseValue<types::RemovedFactors>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}/factors", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "delete_user_factors" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// Act as a user
    ///
    /// Gives an access token for some minutes, by which everything is seen and refused as to the user. The session is among
    /// the user's, and what is done is logged as done by both. What is the user's own affair is refused: their password,
    /// identities, and other sessions.
    ///
    /// Sends a `POST` request to `/v1/users/{user}/impersonate`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    pub async fn impersonate_user<'a>(
        &'a self,
        user: &'a str,
    ) -> Result<ResponseValue<types::Impersonation>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}/impersonate", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .post(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "impersonate_user" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// List a user's sessions
    ///
    /// Latest used first: 100 at most.
    ///
    /// Sends a `GET` request to `/v1/users/{user}/sessions`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    pub async fn list_user_sessions<'a>(
        &'a self,
        user: &'a str,
    ) -> Result<ResponseValue<types::SessionList>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}/sessions", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .get(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "list_user_sessions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
    /// End a user's sessions
    ///
    /// All of them.
    ///
    /// Sends a `DELETE` request to `/v1/users/{user}/sessions`
    ///
    /// Arguments:
    /// - `user`: The user's id.
    pub async fn end_user_sessions<'a>(
        &'a self,
        user: &'a str,
    ) -> Result<ResponseValue<types::EndedSessions>, Error<types::Problem>> {
        let url = format!("{}/v1/users/{}/sessions", self.baseurl, encode_path(&user.to_string()),);
        let mut header_map = ::reqwest::header::HeaderMap::with_capacity(1usize);
        header_map.append(
            ::reqwest::header::HeaderName::from_static("api-version"),
            ::reqwest::header::HeaderValue::from_static(Self::api_version()),
        );
        #[allow(unused_mut)]
        let mut request = self
            .client
            .delete(url)
            .header(
                ::reqwest::header::ACCEPT,
                ::reqwest::header::HeaderValue::from_static("application/json"),
            )
            .headers(header_map)
            .build()?;
        let info = OperationInfo { operation_id: "end_user_sessions" };
        self.pre(&mut request, &info).await?;
        let result = self.exec(request, &info).await;
        self.post(&result, &info).await?;
        let response = result?;
        match response.status().as_u16() {
            200u16 => ResponseValue::from_response(response).await,
            400u16..=499u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            500u16..=599u16 => Err(Error::ErrorResponse(ResponseValue::from_response(response).await?)),
            _ => Err(Error::UnexpectedResponse(response)),
        }
    }
}
/// Items consumers will typically use such as the Client.
pub mod prelude {
    #[allow(unused_imports)]
    pub use super::Client;
}
