//! What a condition can come to, as far as that follows from its form: for hints about rules, and for what a rule says
//! before a record is named.
//!
//! What is not known may come to anything, so that whatever is called certain is. It is found by what is known of the
//! three kinds of callers: of somebody anonymous nothing, of a user an id, of anybody else a kind and neither an address
//! nor a role.

use super::Checked;
use super::bindings::Bindings;
use super::evaluate::Evaluator;
use super::ir::{Cond, Late, LateList, Scalar, Term};

/// What a condition comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It holds.
    True,
    /// It does not.
    False,
    /// It has no value.
    Error,
}

/// Some of these.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcomes(u8);

const TRUE: u8 = 1;
const FALSE: u8 = 2;
const ERROR: u8 = 4;

impl Outcomes {
    const ANY: Self = Self(TRUE | FALSE | ERROR);

    const fn of(outcome: Option<bool>) -> Self {
        match outcome {
            Some(true) => Self(TRUE),
            Some(false) => Self(FALSE),
            None => Self(ERROR),
        }
    }

    /// Whether it may be true.
    pub(crate) const fn may_hold(self) -> bool {
        self.0 & TRUE != 0
    }

    /// Whether it can be nothing but true.
    pub(crate) const fn must_hold(self) -> bool {
        self.0 == TRUE
    }

    /// The one that it is, where it can be no other.
    pub(crate) const fn only(self) -> Option<Outcome> {
        match self.0 {
            TRUE => Some(Outcome::True),
            FALSE => Some(Outcome::False),
            ERROR => Some(Outcome::Error),
            _ => None,
        }
    }

    const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    fn each(self) -> impl Iterator<Item = Option<bool>> {
        [Some(true), Some(false), None].into_iter().filter(move |outcome| self.0 & Self::of(*outcome).0 != 0)
    }

    /// With `decides` true `||`, with false `&&`.
    fn joined(self, other: Self, decides: bool) -> Self {
        let join = |left: Option<bool>, right: Option<bool>| match (left, right) {
            (Some(value), _) | (_, Some(value)) if value == decides => Some(decides),
            (Some(_), Some(_)) => Some(!decides),
            _ => None,
        };
        let pairs = self.each().flat_map(|left| other.each().map(move |right| Self::of(join(left, right))));
        pairs.fold(Self(0), Self::or)
    }

    fn negated(self) -> Self {
        self.each().map(|outcome| Self::of(outcome.map(|value| !value))).fold(Self(0), Self::or)
    }

    /// Those of `yes` where this is true, of `no` where it is false.
    fn choose(self, yes: impl FnOnce() -> Self, no: impl FnOnce() -> Self) -> Self {
        let mut chosen = Self(self.0 & ERROR);
        if self.may_hold() {
            chosen = chosen.or(yes());
        }
        if self.0 & FALSE != 0 {
            chosen = chosen.or(no());
        }
        chosen
    }
}

/// What is certain of a condition, whoever asks and whatever a record holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Certainty {
    Always,
    Never,
    Open,
}

impl Checked {
    /// Whether it always holds, or never.
    pub(crate) fn certainty(&self) -> Certainty {
        let each = Who::ALL.map(|who| outcomes(&self.0.cond, &|cond| who.known(cond)));
        if each.iter().all(|outcomes| outcomes.must_hold()) {
            Certainty::Always
        } else if each.iter().any(|outcomes| outcomes.may_hold()) {
            Certainty::Open
        } else {
            Certainty::Never
        }
    }

    /// Whether a part of it, all of which have to hold or one of which is enough, always holds or never does.
    pub(crate) fn has_certain_parts(&self) -> bool {
        has_certain_parts(&self.0.cond)
    }

    /// What it can come to in that request, of whatever record.
    pub(crate) fn foreseen(&self, bindings: &Bindings<'_>) -> Outcomes {
        let evaluator = Evaluator::of_request(bindings);
        outcomes(&self.0.cond, &|cond| cond.is_late().then(|| Outcomes::of(evaluator.cond(cond))))
    }

    /// Whether it asks for the caller's address, and not whether it has been shown to be theirs.
    pub(crate) fn trusts_any_address(&self) -> bool {
        let (mut address, mut verified) = (false, false);
        each_term(&self.0.cond, &mut |term| {
            each_late(term, &mut |late| {
                address |= *late == Late::Email;
                verified |= *late == Late::Verified;
            });
        });
        address && !verified
    }
}

fn has_certain_parts(cond: &Cond) -> bool {
    match cond {
        Cond::All(parts) | Cond::Any(parts) => parts.iter().any(|part| {
            let each = Who::ALL.map(|who| outcomes(part, &|cond| who.known(cond)));
            let always = each.iter().all(|outcomes| outcomes.must_hold());
            always || !each.iter().any(|outcomes| outcomes.may_hold()) || has_certain_parts(part)
        }),
        _ => false,
    }
}

/// What a condition can come to, where `known` says it of some.
fn outcomes(cond: &Cond, known: &dyn Fn(&Cond) -> Option<Outcomes>) -> Outcomes {
    if let Some(known) = known(cond) {
        return known;
    }
    let of = |cond: &Cond| outcomes(cond, known);
    match cond {
        Cond::Const(value) => Outcomes::of(Some(*value)),
        Cond::Not(inner) => of(inner).negated(),
        Cond::All(parts) => {
            parts.iter().fold(Outcomes::of(Some(true)), |joined, part| joined.joined(of(part), false))
        }
        Cond::Any(parts) => {
            parts.iter().fold(Outcomes::of(Some(false)), |joined, part| joined.joined(of(part), true))
        }
        Cond::If(test, yes, no) => of(test).choose(|| of(yes), || of(no)),
        Cond::Truth(inner) => {
            let truths = of(inner).each().map(|outcome| Outcomes::of(Some(outcome == Some(true))));
            truths.fold(Outcomes(0), Outcomes::or)
        }
        Cond::Guarded(guard, inner) => of(guard).choose(|| of(inner), || Outcomes::of(None)),
        _ => Outcomes::ANY,
    }
}

/// Kinds of callers of whom different things are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Who {
    Anonymous,
    User,
    /// A key, an operator, or a part of the system.
    Other,
}

impl Who {
    const ALL: [Self; 3] = [Self::Anonymous, Self::User, Self::Other];

    /// What a condition comes to for all of these, where that is certain.
    fn known(self, cond: &Cond) -> Option<Outcomes> {
        let failing = Some(Outcomes::of(None));
        match cond {
            Cond::Anonymous => Some(Outcomes::of(Some(self == Self::Anonymous))),
            Cond::Present(late) => self.present(late),
            Cond::Equal(Term::Late(Late::Kind), Term::Literal(Scalar::Text(kind)))
            | Cond::Equal(Term::Literal(Scalar::Text(kind)), Term::Late(Late::Kind)) => Some(self.is(kind)),
            Cond::Holds(term) | Cond::OneOf(term, _) | Cond::Known(term, _) | Cond::Member(term, _)
                if self.fails(term) =>
            {
                failing
            }
            Cond::Equal(left, right) | Cond::Ordered(left, _, right) | Cond::TextAt(_, left, right)
                if self.fails(left) || self.fails(right) =>
            {
                failing
            }
            Cond::Listed(term, _) if self == Self::Anonymous || self.fails(term) => failing,
            // None but users have roles.
            Cond::Listed(_, LateList::Roles) if self == Self::Other => Some(Outcomes(FALSE | ERROR)),
            _ => None,
        }
    }

    fn present(self, late: &Late) -> Option<Outcomes> {
        match (self, late) {
            (_, Late::Method | Late::Ip | Late::Time | Late::Header(_)) => None,
            (Self::Anonymous, _) => Some(Outcomes::of(None)),
            (_, Late::Claim(..)) => None,
            (_, Late::Kind) | (Self::User, Late::Id | Late::IdText | Late::Verified) => {
                Some(Outcomes::of(Some(true)))
            }
            (Self::User, Late::Email) => Some(Outcomes(TRUE | FALSE)),
            (Self::Other, Late::Id | Late::IdText | Late::Verified | Late::Email) => {
                Some(Outcomes::of(Some(false)))
            }
        }
    }

    /// Whether `auth.kind` is that.
    fn is(self, kind: &str) -> Outcomes {
        match self {
            Self::Anonymous => Outcomes::of(None),
            Self::User => Outcomes::of(Some(kind == "user")),
            Self::Other if matches!(kind, "key" | "operator" | "system") => Outcomes(TRUE | FALSE),
            Self::Other => Outcomes::of(Some(false)),
        }
    }

    /// Whether a term has no value for any of these.
    fn fails(self, term: &Term) -> bool {
        let mut fails = false;
        each_late(term, &mut |late| fails |= self.lacks(late));
        fails || self == Self::Anonymous && counts(term)
    }

    fn lacks(self, late: &Late) -> bool {
        match late {
            Late::Method | Late::Ip | Late::Time | Late::Header(_) => false,
            Late::Kind | Late::Claim(..) => self == Self::Anonymous,
            Late::Id | Late::IdText | Late::Verified | Late::Email => self != Self::User,
        }
    }
}

/// Whether it counts a list that is the caller's.
fn counts(term: &Term) -> bool {
    matches!(term, Term::Count(_)) || operands(term).into_iter().any(counts)
}

/// Calls `visit` with all that is known late of which a term is made. Where one of these fails, so does the term.
fn each_late<'t>(term: &'t Term, visit: &mut dyn FnMut(&'t Late)) {
    if let Term::Late(late) = term {
        visit(late);
    }
    for operand in operands(term) {
        each_late(operand, visit);
    }
}

fn operands(term: &Term) -> Vec<&Term> {
    match term {
        Term::Literal(_)
        | Term::Decimal(..)
        | Term::Column(_)
        | Term::Within(..)
        | Term::Late(_)
        | Term::Count(_)
        | Term::Length(_) => Vec::new(),
        Term::AsFloat(inner)
        | Term::Size(inner)
        | Term::Cased(_, inner)
        | Term::Trimmed(inner)
        | Term::Part(inner, ..)
        | Term::Midnight(inner)
        | Term::Moved(inner, _)
        | Term::Clock(_, inner)
        | Term::Scaled(inner, _)
        | Term::Converted(_, inner) => vec![inner],
        Term::Place(left, right)
        | Term::Between(left, right)
        | Term::Joined(left, right)
        | Term::Arithmetic(_, left, right) => vec![left, right],
    }
}

/// Calls `visit` with every term of a condition, also of what it asks of other records.
fn each_term<'c>(cond: &'c Cond, visit: &mut dyn FnMut(&'c Term)) {
    match cond {
        Cond::Const(_)
        | Cond::Anonymous
        | Cond::Present(_)
        | Cond::Sent(_)
        | Cond::IsNull(_)
        | Cond::Absent(_)
        | Cond::Has(_) => {}
        Cond::Holds(term)
        | Cond::Known(term, _)
        | Cond::OneOf(term, _)
        | Cond::Listed(term, _)
        | Cond::Member(term, _) => visit(term),
        Cond::Equal(left, right) | Cond::Ordered(left, _, right) | Cond::TextAt(_, left, right) => {
            visit(left);
            visit(right);
        }
        Cond::Not(inner) | Cond::Truth(inner) => each_term(inner, visit),
        Cond::All(parts) | Cond::Any(parts) => parts.iter().for_each(|part| each_term(part, visit)),
        Cond::If(test, yes, no) => [test, yes, no].into_iter().for_each(|part| each_term(part, visit)),
        Cond::SameTruth(left, right) | Cond::Guarded(left, right) => {
            each_term(left, visit);
            each_term(right, visit);
        }
        Cond::Exists(exists) => each_term(&exists.cond, visit),
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::super::tests::vocabulary;
    use super::*;
    use crate::clock::Timestamp;

    fn checked(source: &str) -> Checked {
        parse(source, &vocabulary()).unwrap_or_else(|error| panic!("{source}: {error}"))
    }

    #[test]
    fn what_is_certain_is_found_and_nothing_else() {
        for (source, certainty) in [
            ("true", Certainty::Always),
            ("1 < 2", Certainty::Always),
            ("auth == null || auth != null", Certainty::Always),
            ("year > 1 || true", Certainty::Always),
            ("!(auth == null && auth.verified)", Certainty::Open),
            ("false", Certainty::Never),
            ("year > 1 && false", Certainty::Never),
            ("auth == null && auth.verified", Certainty::Never),
            ("!has(auth.id) && auth.verified", Certainty::Never),
            ("auth == null && record.name == auth.email", Certainty::Never),
            ("auth.kind == 'robot'", Certainty::Never),
            ("auth.kind == 'key' && 'admin' in auth.roles", Certainty::Never),
            ("auth.kind == 'user' && !has(auth.id)", Certainty::Never),
            ("auth.kind == 'key'", Certainty::Open),
            ("auth != null", Certainty::Open),
            ("auth.verified", Certainty::Open),
            ("!has(auth.email)", Certainty::Open),
            ("!has(auth.email) && auth.verified", Certainty::Open),
            ("record.name == record.name", Certainty::Open),
            ("record.year == null || record.year != null", Certainty::Open),
            ("'admin' in auth.roles || record.name == auth.email", Certainty::Open),
            ("auth.claims.team == 'x'", Certainty::Open),
            ("request.ip == '192.0.2.1' && auth == null", Certainty::Open),
            ("rooms.exists(room, room.year > 1) && auth == null", Certainty::Open),
        ] {
            assert_eq!(checked(source).certainty(), certainty, "{source}");
        }
    }

    #[test]
    fn a_part_that_cannot_matter_is_seen_where_it_stands_in_the_open() {
        for (source, has) in [
            ("record.year > 1 || auth == null && auth.verified", true),
            ("auth == null || record.year > 1", false),
            ("record.year > 1 && (true || auth == null)", true),
            ("!(record.year > 1 || auth == null && auth.verified)", false),
        ] {
            assert_eq!(checked(source).has_certain_parts(), has, "{source}");
        }
    }

    #[test]
    fn what_is_foreseen_needs_no_record() {
        let nobody = Bindings::anonymous(Timestamp::MIN);
        for (source, only) in [
            ("auth != null && year > 1", Some(Outcome::False)),
            ("auth == null || year > 1", Some(Outcome::True)),
            ("auth.verified", Some(Outcome::Error)),
            ("year == 1", None),
            ("auth.verified && year == 1", None),
        ] {
            assert_eq!(checked(source).foreseen(&nobody).only(), only, "{source}");
        }
        assert!(!checked("auth.verified && year == 1").foreseen(&nobody).may_hold());
    }

    #[test]
    fn an_address_is_trusted_where_nobody_asks_whether_it_was_shown() {
        for (source, trusted) in [
            ("auth.email == record.name", true),
            ("auth.email.lowerAscii().endsWith('@example.com')", true),
            ("auth.verified && auth.email == record.name", false),
            ("auth.id == record.key", false),
            ("rooms.exists(room, room.name == auth.email)", true),
        ] {
            assert_eq!(checked(source).trusts_any_address(), trusted, "{source}");
        }
    }
}
