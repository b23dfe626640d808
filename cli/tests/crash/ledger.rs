//! What the server has promised: for each record the state it was last acknowledged in, and the one that a write
//! without an answer may have left it in.

use std::collections::HashMap;

use serde_json::{Value, json};
use uuid::Uuid;

/// The state of a record: absent, or its version. The version decides the whole content, so that a record of which
/// only a part was written is known by its look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum State {
    Absent,
    At(i64),
}

/// One record.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) id: Option<Uuid>,
    /// After the last acknowledged write.
    pub(crate) state: State,
    /// After the write that was sent and not answered.
    pub(crate) doubt: Option<State>,
    /// Writes that were acknowledged.
    pub(crate) writes: u32,
}

impl Entry {
    const NEW: Self = Self { id: None, state: State::Absent, doubt: None, writes: 0 };
}

/// A generator of test choices: `SplitMix64` (Steele, Lea and Flood, 2014), whole in 64 bits of state.
#[derive(Debug, Clone)]
pub(crate) struct Choices(pub(crate) u64);

impl Choices {
    /// A number below `bound`. The bias of the remainder does not matter here.
    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ (mixed >> 31)) % bound
    }
}

/// The next thing a client does.
#[derive(Debug)]
pub(crate) enum Write {
    Create(String),
    Update(String, Uuid, i64),
    Delete(String, Uuid),
}

impl Write {
    /// The title of the record, by which it is known before it has an id.
    pub(crate) fn title(&self) -> &str {
        let (Self::Create(title) | Self::Update(title, ..) | Self::Delete(title, _)) = self;
        title
    }

    /// What the record will be.
    const fn state(&self) -> State {
        match self {
            Self::Create(_) => State::At(1),
            Self::Update(_, _, version) => State::At(*version),
            Self::Delete(..) => State::Absent,
        }
    }
}

/// The records of one client, which nobody else writes.
#[derive(Debug)]
pub(crate) struct Ledger {
    name: String,
    choices: Choices,
    made: u32,
    pub(crate) entries: HashMap<String, Entry>,
    /// Titles of the records that exist.
    alive: Vec<String>,
}

impl Ledger {
    pub(crate) fn new(name: String, choices: Choices) -> Self {
        Self { name, choices, made: 0, entries: HashMap::new(), alive: Vec::new() }
    }

    /// Chooses what to do, and notes it as in doubt: five in ten create, four update, one deletes.
    pub(crate) fn next(&mut self) -> Write {
        let write = self.choose();
        let entry = self.entries.entry(write.title().to_owned()).or_insert(Entry::NEW);
        entry.doubt = Some(write.state());
        write
    }

    fn choose(&mut self) -> Write {
        let choice = self.choices.below(10);
        if choice >= 5 && !self.alive.is_empty() {
            let at = usize::try_from(self.choices.below(self.alive.len() as u64)).unwrap();
            let title = self.alive[at].clone();
            let entry = &self.entries[&title];
            return match (entry.state, entry.id) {
                (State::At(version), Some(id)) if choice < 9 => Write::Update(title, id, version + 1),
                (State::At(_), Some(id)) => {
                    self.alive.swap_remove(at);
                    Write::Delete(title, id)
                }
                _ => panic!("{title} is alive, but {entry:?}"),
            };
        }
        self.made += 1;
        Write::Create(format!("{}-{}", self.name, self.made))
    }

    /// Notes that `write` was acknowledged, and by which id, where it created.
    pub(crate) fn acknowledge(&mut self, write: &Write, created: Option<Uuid>) {
        let entry = self.entries.get_mut(write.title()).unwrap();
        entry.state = write.state();
        entry.doubt = None;
        entry.writes += 1;
        if created.is_some() {
            entry.id = created;
            self.alive.push(write.title().to_owned());
        }
    }

    /// Goes on from what was found after a crash.
    pub(crate) fn settle(&mut self) {
        let alive = self.entries.iter().filter(|(_, entry)| entry.state != State::Absent);
        self.alive = alive.map(|(title, _)| title.clone()).collect();
        // A map has another order in each run; the seed alone decides what happens.
        self.alive.sort_unstable();
    }
}

/// The record `title` at `version`.
pub(crate) fn content(title: &str, version: i64) -> Value {
    let body = format!("{title} at version {version}. ").repeat(8);
    json!({ "title": title, "body": body, "views": version, "author": format!("author-{}", version % 7) })
}

/// The state that `record` is in; none where its parts do not belong together.
pub(crate) fn state_of(title: &str, record: &Value) -> Option<State> {
    let version = record.get("views")?.as_i64()?;
    let wanted = content(title, version);
    let whole = wanted.as_object()?.iter().all(|(field, value)| record.get(field) == Some(value));
    whole.then_some(State::At(version))
}
