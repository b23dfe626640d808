//! The ways in which a request to an operation can name what is another tenant's.

use poem::http::Method;

use super::call::Call;
use super::names::Names;
use super::operations::{Entry, Input, Needs};
use super::own::{CLOSED, Own, RULED, TARGET, UNIQUE};

/// A request in which some names are another side's.
#[derive(Clone, Default)]
pub(super) struct Probe {
    /// What is the other side's, for people.
    pub(super) what: String,
    swaps: Vec<Swap>,
    /// Which of the operation's bodies, with the other side's names; the first with its own where none is said.
    body: Option<usize>,
    /// Whether the header names the other side's tenant, and in which way.
    header: Option<usize>,
    /// Whether what is named is an id that is none.
    pub(super) malformed: bool,
    head: bool,
}

#[derive(Clone)]
struct Swap {
    name: &'static str,
    input: Input,
    way: usize,
    spoil: fn(&str) -> String,
}

/// How an id is spoilt, without ceasing to name what it named to a careless reader.
const SPOILT: [fn(&str) -> String; 6] = [
    str::to_uppercase,
    |id| id.split_once('_').map_or_else(|| id.replace('-', ""), |(_, digits)| digits.to_owned()),
    |id| format!("{id} "),
    |id| format!("{{{id}}}"),
    |id| format!("{id}\0"),
    |id| id[..id.len() - 1].to_owned(),
];

impl Entry {
    /// The collections to work with: for records one of each set of rules.
    pub(super) fn collections(&self) -> Vec<&'static str> {
        match self.row.needs {
            Needs::Rule(_) => RULED.iter().map(|(name, _)| *name).collect(),
            Needs::PastRules(_) => vec![CLOSED],
            Needs::Nobody
            | Needs::Operator
            | Needs::Account
            | Needs::Tenant
            | Needs::User
            | Needs::Scope(_) => vec![TARGET],
        }
    }

    /// The operation as its tenant's own would call it.
    pub(super) fn own_call(&self, own: &Own, collection: &str) -> Call {
        self.call(&Probe::default(), own, collection, &own.names)
    }

    /// Everything that is tried at the operation.
    pub(super) fn probes(&self) -> Vec<Probe> {
        let mut probes = Vec::new();
        for &(name, input) in self.row.takes {
            for way in 0..Names::spellings(input) {
                let swap = Swap { name, input, way, spoil: str::to_owned };
                let what = name.to_owned();
                if input.is_id() {
                    for spoil in SPOILT {
                        let (what, swaps) = (what.clone(), vec![Swap { spoil, ..swap.clone() }]);
                        probes.push(Probe { what, swaps, malformed: true, ..Probe::default() });
                    }
                }
                probes.push(Probe { what, swaps: vec![swap], ..Probe::default() });
            }
        }
        for body in 0..self.row.bodies.len() {
            probes.push(Probe { what: format!("body {}", body + 1), body: Some(body), ..Probe::default() });
        }
        for way in 0..Names::spellings(Input::Tenant) {
            let what = "X-Neonex-Tenant".to_owned();
            probes.push(Probe { what, header: Some(way), ..Probe::default() });
            let swaps = self.every_id(way);
            if swaps.len() > 1 {
                probes.push(Probe { what: "all ids".to_owned(), swaps: swaps.clone(), ..Probe::default() });
            }
            if !swaps.is_empty() {
                let what = "all ids and X-Neonex-Tenant".to_owned();
                probes.push(Probe { what, swaps, header: Some(way), ..Probe::default() });
            }
        }
        if self.operation.method == Method::GET {
            let read = probes.clone().into_iter();
            probes.extend(read.map(|probe| Probe {
                head: true,
                what: format!("{} by HEAD", probe.what),
                ..probe
            }));
        }
        probes
    }

    fn every_id(&self, way: usize) -> Vec<Swap> {
        let ids = self.row.takes.iter().filter(|(_, input)| input.is_id());
        let swap = |&(name, input)| Swap {
            name,
            input,
            way: way.min(Names::spellings(input) - 1),
            spoil: str::to_owned,
        };
        ids.map(swap).collect()
    }

    /// The request of a probe, with `side`'s names where the probe has another side's.
    pub(super) fn call(&self, probe: &Probe, own: &Own, collection: &str, side: &Names) -> Call {
        let operation = &self.operation;
        let method = if probe.head { Method::HEAD } else { operation.method.clone() };
        let mut call = Call::new(method, &operation.path);
        for &(name, input) in self.row.takes {
            let declared = operation.parameters.iter().find(|parameter| parameter.name == name).unwrap();
            let swap = probe.swaps.iter().find(|swap| swap.name == name);
            if let Some(Swap { input, way, spoil, .. }) = swap {
                let value = spoil(&side.spelled(*input, *way));
                call.parameter(&declared.place, name, &value);
                call.sends(&value, &side.all());
            } else if let Some(value) = usual(input, own, collection) {
                call.parameter(&declared.place, name, &value);
            }
        }
        match (probe.body, self.row.bodies) {
            (_, []) => {}
            (None, [first, ..]) => {
                call.body(&first(&own.names));
            }
            (Some(at), bodies) => {
                let body = call.body(&bodies[at](side));
                call.sends(&body, &side.all());
            }
        }
        if let Some(way) = probe.header {
            let value = side.spelled(Input::Tenant, way);
            call.parameter("header", "X-Neonex-Tenant", &value);
            call.sends(&value, &side.all());
        }
        call
    }
}

impl Probe {
    /// Whether it names another tenant itself, and not only what is in it.
    pub(super) fn names_tenant(&self) -> bool {
        self.header.is_some() || self.swaps.iter().any(|swap| swap.input == Input::Tenant)
    }

    /// Whether all that it names is in the header.
    pub(super) fn is_header_alone(&self) -> bool {
        self.header.is_some() && self.swaps.is_empty()
    }

    /// Whether the header names a tenant.
    pub(super) const fn has_header(&self) -> bool {
        self.header.is_some()
    }
}

/// What a request has that is its tenant's own.
fn usual(input: Input, own: &Own, collection: &str) -> Option<String> {
    match input {
        Input::Tenant => Some(own.names.tenant.clone()),
        Input::Key => Some(own.names.key.clone()),
        Input::Collection => Some(collection.to_owned()),
        Input::Record => Some(own.names.record.clone()),
        Input::User => Some(own.names.user.clone()),
        Input::Session => Some(own.names.session.clone()),
        Input::Mail => Some(own.names.mail.clone()),
        Input::Invitation => Some(own.names.invitation.clone()),
        Input::Provider => Some(own.names.provider.clone()),
        Input::Factor => Some(own.names.factor.clone()),
        Input::Account => Some(own.names.account.clone()),
        Input::AccountSession => Some(own.names.account_session.clone()),
        Input::AccountToken => Some(own.names.account_token.clone()),
        Input::TenantInvitation => Some(own.names.tenant_invitation.clone()),
        Input::Role => Some(own.names.role.clone()),
        Input::Fields => Some("title".to_owned()),
        Input::Unique => Some(UNIQUE.to_owned()),
        Input::Plain(value) => Some(value.to_owned()),
        Input::Condition => Some(own.names.spelled(input, 0)),
        // A cursor belongs to a list of one filter and sort: the other tenant's is of one without either.
        Input::Filter
        | Input::Sort
        | Input::TenantCursor
        | Input::KeyCursor
        | Input::MailCursor
        | Input::AuditCursor
        | Input::InvitationCursor
        | Input::RecordCursor
        | Input::Etag
        | Input::Once => None,
    }
}
