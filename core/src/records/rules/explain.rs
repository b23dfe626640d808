//! What each rule of a collection says of somebody, a record and what they send, and which of its parts say so.
//!
//! What is asked are the rules themselves: parsed as those of the collection are, compiled by the same compiler, with the
//! values that a request of that somebody would bring, of the row that is there. A new record is made for it as it would
//! be made, and taken back: some of its values only the database knows.

use std::sync::Arc;

use futures_util::FutureExt as _;
use serde_json::{Map, Value as Json};

use super::asked::{Answer, Because, RuleAnswer, RulePart, Values, read_values};
use super::subject::{SeenAuth, Subject};
use super::{RuleName, Standing, standing};
use crate::access::{CollectionsRead, Permit, RecordsRead, TenantScope};
use crate::auth::SignUp;
use crate::collections::Collection;
use crate::engine::Undo;
use crate::expr::{Outcome, Part, parts};
use crate::invalid::Invalid;
use crate::records::create::Creation;
use crate::records::incoming::Incoming;
use crate::records::input::RecordInput;
use crate::records::list::ListQuery;
use crate::records::service::{RecordId, Records};
use crate::records::users::Owned;
use crate::records::{Explanation, RecordError};
use crate::store::{OfStore, Sql, StoreError, Tx};

/// What is asked of a collection's rules.
#[derive(Debug, Clone, Default)]
pub struct RuleQuestion {
    /// The collection, by name or id.
    pub collection: String,
    /// The record that is read, changed or deleted.
    pub record: Option<RecordId>,
    /// What is sent: for a change of that record, or for a new one where none is named.
    pub input: Option<Vec<u8>>,
}

/// What the rules of a collection say.
#[derive(Debug, Clone)]
pub struct RulesExplanation {
    /// The collection's name.
    pub collection: String,
    /// What the rules see as `auth`; `None` where it is null.
    pub auth: Option<SeenAuth>,
    /// What each says.
    pub rules: Vec<RuleAnswer>,
    /// How a list is carried out that the list rule binds; `None` where there is no such rule.
    pub list: Option<Explanation>,
}

/// A rule with its parts.
struct Prepared<'c> {
    standing: Standing<'c>,
    parts: Vec<Part>,
}

/// What is asked of one row, and of which rules, by their places.
#[derive(Default)]
struct Asking {
    statements: Vec<(Sql, usize)>,
    places: Vec<usize>,
    /// Rules that ask for what is known only when it is written.
    missed: Vec<usize>,
}

/// What was found out of each rule, by its place.
type Found = Vec<Option<Values>>;

/// Why a transaction is taken back in which a record was made.
enum TakenBack {
    Found(Vec<Values>),
    Refused(RecordError),
}

impl From<StoreError> for TakenBack {
    fn from(error: StoreError) -> Self {
        Self::Refused(error.into())
    }
}

impl OfStore for TakenBack {
    fn store(&self) -> Option<&StoreError> {
        match self {
            Self::Found(_) => None,
            Self::Refused(error) => error.store(),
        }
    }
}

impl TenantScope {
    /// Explains what the rules of a collection say of somebody. Only for those who see all records and rules: an answer
    /// tells of both.
    pub async fn explain_rules(
        &self,
        (permit, _): (&Permit<RecordsRead>, &Permit<CollectionsRead>),
        subject: &Subject,
        question: RuleQuestion,
    ) -> Result<RulesExplanation, RecordError> {
        let collection = Arc::clone(&subject.0.records(&question.collection)?.collection);
        let prepared = prepare(&collection)?;
        let mut found: Found = vec![None; prepared.len()];
        let mut problem = None;
        match (question.record, question.input) {
            (Some(id), input) => {
                problem = subject.ask_of(&collection, &prepared, (id, input.as_deref()), &mut found).await?;
            }
            (None, Some(input)) => {
                problem = subject.ask_new(&collection, &prepared, &input, &mut found).await?;
            }
            (None, None) => {}
        }
        let list = match &collection.rules.list {
            Some(_) => {
                let own = subject.asking_for(RuleName::List);
                let list = ListQuery::default();
                Some(self::records(&own, &collection).explain(permit, &list, true).await?)
            }
            None => None,
        };
        let rules = prepared.into_iter().zip(found).map(|(rule, values)| {
            let refused = problem.as_ref().filter(|(of, _)| *of == rule.standing.name);
            subject.answer(&collection, rule, values.as_deref(), refused.map(|(_, problem)| problem.clone()))
        });
        let rules = rules.collect();
        Ok(RulesExplanation { collection: collection.name().to_owned(), auth: subject.seen(), rules, list })
    }
}

/// Each rule of a collection with its parts. Those of a collection that is in use have been parsed before.
fn prepare(collection: &Collection) -> Result<Vec<Prepared<'_>>, RecordError> {
    let rules = standing(collection).into_iter().map(|standing| {
        let read = standing.source.map(|source| parts(source, &standing.name.vocabulary(collection)));
        let read = read.transpose().map_err(|error| StoreError::Fault(error.into()))?;
        Ok(Prepared { standing, parts: read.unwrap_or_default() })
    });
    rules.collect()
}

fn records<'s>(scope: &'s TenantScope, collection: &Arc<Collection>) -> Records<'s> {
    Records { scope, collection: Arc::clone(collection) }
}

impl Subject {
    /// As the subject's request would come that the rule is asked for.
    fn asking_for(&self, rule: RuleName) -> TenantScope {
        self.0.by_method(match rule {
            RuleName::List | RuleName::View | RuleName::Read => "GET",
            RuleName::Create => "POST",
            RuleName::Update | RuleName::Write => "PATCH",
            RuleName::Delete => "DELETE",
        })
    }

    /// Asks every rule but that of creation of a record that is there. Gives what is wrong with what was sent, and which
    /// rule it is sent to.
    async fn ask_of(
        &self,
        collection: &Arc<Collection>,
        prepared: &[Prepared<'_>],
        (id, input): (RecordId, Option<&[u8]>),
        found: &mut Found,
    ) -> Result<Option<(RuleName, String)>, RecordError> {
        let own = self.asking_for(RuleName::Update);
        let input =
            input.filter(|_| !collection.is_view()).map(|input| records(&own, collection).patch(input));
        let (input, mut problem) = match input.transpose() {
            Ok(input) => (input, None),
            Err(RecordError::Invalid(invalid)) => (None, Some((RuleName::Update, invalid.to_string()))),
            Err(error) => return Err(error),
        };
        let asks = |name: RuleName| name != RuleName::Create;
        let incoming = |name: RuleName| match &input {
            Some(input) if name.has_input() => Incoming::changes(input),
            _ => Incoming::nothing(),
        };
        let asking = self.asking(collection, prepared, id, (&asks, &incoming));
        let dialect = self.0.platform().store().dialect();
        let there = format!("SELECT id FROM {} WHERE id = ?", collection.layout.source);
        let there = Sql::new(dialect.placeholders(&there), vec![id.as_uuid().into()]);
        let statements = asking.statements.clone();
        let values = self
            .0
            .platform()
            .store()
            .read::<_, RecordError, _>(self.0.place(), move |tx| {
                async move {
                    if tx.query(&there, |_| Ok(())).await?.is_empty() {
                        return Err(RecordError::NotFound);
                    }
                    ask(tx, &statements).await
                }
                .boxed()
            })
            .await?;
        if asking.missed.iter().any(|at| prepared.get(*at).is_some_and(|rule| rule.standing.field.is_none()))
        {
            let message = "the rule asks for a value that is known only when it is written";
            problem = Some((RuleName::Update, message.to_owned()));
        }
        asking.note(values, found);
        Ok(problem)
    }

    /// Asks what is asked of a new record. It is made and taken back.
    async fn ask_new(
        &self,
        collection: &Arc<Collection>,
        prepared: &[Prepared<'_>],
        input: &[u8],
        found: &mut Found,
    ) -> Result<Option<(RuleName, String)>, RecordError> {
        if collection.is_view() {
            return Err(RecordError::View);
        }
        let problem = |error: &dyn std::fmt::Display| Ok(Some((RuleName::Create, error.to_string())));
        let own = self.asking_for(RuleName::Create);
        let (creation, sent) = match records(&own, collection).explained(input) {
            Ok(made) => made,
            Err(RecordError::Invalid(invalid)) => return problem(&invalid),
            Err(error) => return Err(error),
        };
        let asks = |name: RuleName| matches!(name, RuleName::Create | RuleName::Write);
        let incoming = |_| Incoming::stored(&sent);
        let asking = self.asking(collection, prepared, creation.id(), (&asks, &incoming));
        let statements = asking.statements.clone();
        let made = self.0.platform().store().write_again(self.0.place(), Undo::Savepoint, move |tx| {
            async move {
                let mut creation = creation;
                creation.put(tx).await.map_err(TakenBack::Refused)?;
                Err::<(), _>(TakenBack::Found(ask(tx, &statements).await.map_err(TakenBack::Refused)?))
            }
            .boxed()
        });
        match made.await {
            Ok(_) => Ok(None),
            Err(TakenBack::Found(values)) => {
                asking.note(values, found);
                Ok(None)
            }
            Err(TakenBack::Refused(error)) if error.store().is_none() => problem(&error),
            Err(TakenBack::Refused(error)) => Err(error),
        }
    }

    /// The statements that ask the rules that `asks` names of the record of that id.
    fn asking(
        &self,
        collection: &Arc<Collection>,
        prepared: &[Prepared<'_>],
        id: RecordId,
        (asks, incoming): (&dyn Fn(RuleName) -> bool, &dyn Fn(RuleName) -> Incoming),
    ) -> Asking {
        let mut asking = Asking::default();
        for (at, rule) in prepared.iter().enumerate() {
            let name = rule.standing.name;
            if rule.parts.is_empty() || !asks(name) {
                continue;
            }
            let (own, incoming) = (self.asking_for(name), incoming(name));
            let statement = records(&own, collection).ask_parts(&rule.parts, &incoming, id);
            if incoming.is_missed() {
                asking.missed.push(at);
                continue;
            }
            asking.statements.push((statement, rule.parts.len()));
            asking.places.push(at);
        }
        asking
    }

    /// What a rule says, from what its parts came to.
    fn answer(
        &self,
        collection: &Arc<Collection>,
        rule: Prepared<'_>,
        values: Option<&[Outcome]>,
        problem: Option<String>,
    ) -> RuleAnswer {
        let Prepared { standing: Standing { name, field, source, checked }, parts } = rule;
        let own = self.asking_for(name);
        let records = records(&own, collection);
        let bindings = own.bindings();
        let foreseen = parts.first().map(|whole| whole.checked.foreseen(&bindings));
        let value = |at: usize, part: &Part| match values {
            Some(values) => values.get(at).copied(),
            None => part.checked.foreseen(&bindings).only(),
        };
        let parts: Vec<_> =
            parts.iter().enumerate().map(|(at, part)| RulePart::new(part, value(at, part))).collect();
        let whole = parts.first().and_then(|whole| whole.value);
        let signs_up = collection.users.is_some() && name == RuleName::Create;
        let (answer, because) = if !name.binds(&own) {
            (Answer::Allowed, Because::Scope)
        } else if problem.is_some() {
            (Answer::Refused, Because::Input)
        } else if source.is_none() && signs_up {
            let open = own.tenant().auth().settings().sign_up == SignUp::Open;
            (if open { Answer::Allowed } else { Answer::Refused }, Because::SignUp)
        } else if source.is_none() {
            (Answer::Refused, Because::NoRule)
        } else if whole.is_none() && foreseen.is_some_and(|foreseen| !foreseen.may_hold()) {
            // Which of the two it will be, false or an error, is open; that it is refused is not.
            (Answer::Refused, Because::Rule)
        } else {
            (Answer::of(whole), Because::Rule)
        };
        let names = records.names();
        let sql = checked.map(|rule| records.readable(rule.to_sql(records.dialect()).text(), &names));
        RuleAnswer {
            rule: name,
            field: field.map(str::to_owned),
            source: source.map(str::to_owned),
            answer,
            because,
            problem,
            sql,
            parts,
        }
    }
}

impl Asking {
    fn note(self, values: Vec<Values>, found: &mut Found) {
        for (place, values) in self.places.into_iter().zip(values) {
            if let Some(slot) = found.get_mut(place) {
                *slot = Some(values);
            }
        }
    }
}

impl Records<'_> {
    /// A new record as the rules are to be asked of it, whether they let it be or not, and which of its fields are sent. Of
    /// a user, `email` may be sent, too: it is what they would sign up with.
    fn explained(&self, input: &[u8]) -> Result<(Creation, Vec<bool>), RecordError> {
        let Some(fields) = self.collection.users else {
            let input = self.input(input)?;
            let sent = input.sent();
            return Ok((self.creation_asking(input, |_| Ok(None))?, sent));
        };
        let object = |_| Invalid::one("", "malformed_json", "the input is no JSON object");
        let mut own: Map<String, Json> = serde_json::from_slice(input).map_err(object)?;
        let email = own.remove("email").unwrap_or_default();
        let own = serde_json::to_vec(&own).map_err(|error| StoreError::Fault(error.into()))?;
        let own: RecordInput = self.input(&own)?;
        let mut sent = own.sent();
        if let Some(sent) = sent.get_mut(fields.email) {
            *sent = !email.is_null();
        }
        let owned =
            Owned { email: Some(email), verified: Some(false), roles: Some(Vec::new()), ..Owned::default() };
        let system = self.scope.as_system("auth");
        let users = Records { scope: &system, collection: Arc::clone(&self.collection) };
        Ok((users.new_user(own, owned)?, sent))
    }
}

async fn ask(tx: &mut Tx<'_>, statements: &[(Sql, usize)]) -> Result<Vec<Values>, RecordError> {
    let mut all = Vec::with_capacity(statements.len());
    for (statement, count) in statements {
        let count = *count;
        let values = tx.query(statement, move |row| read_values(row, count)).await?;
        all.push(values.into_iter().next().ok_or(RecordError::NotFound)?);
    }
    Ok(all)
}
