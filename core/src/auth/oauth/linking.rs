//! Who is let into which account: the one decision, apart from everything that it is made of.
//!
//! What it stands against: somebody signs up with an address that is not theirs and waits for its owner to come by a
//! provider, who would then share an account with them (CVE-2024-38351); somebody writes another's address into their
//! own profile at a provider that does not look (CVE-2026-41574).

/// Who has the address that the provider names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Holder {
    /// Nobody.
    Nobody,
    /// A user who has not shown that it is theirs.
    Unverified,
    /// A user who has.
    Verified,
}

/// What the provider says of the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Claim {
    /// There is none.
    NoAddress,
    /// There is one, and it promises nothing.
    Unproven,
    /// It is the user's.
    Proven,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// The user who has the identity signs in.
    SignIn,
    /// Who has the address gets the identity, and signs in.
    Link,
    /// The same, after everything by which the account could be got into is taken away: whoever has set it up is not
    /// known to be the address's owner.
    Reclaim,
    /// A user is made; the address counts as theirs or does not.
    Create {
        /// Whether it counts.
        verified: bool,
    },
    /// Nobody signs in.
    Refuse,
}

/// Decides. An identity that is known says who somebody is, whatever has become of addresses.
pub(super) const fn decide(known: bool, holder: Holder, claim: Claim) -> Decision {
    match (known, claim, holder) {
        (true, _, _) => Decision::SignIn,
        (false, Claim::Proven, Holder::Nobody) => Decision::Create { verified: true },
        (false, Claim::Proven, Holder::Verified) => Decision::Link,
        (false, Claim::Proven, Holder::Unverified) => Decision::Reclaim,
        (false, Claim::NoAddress, _) | (false, Claim::Unproven, Holder::Nobody) => {
            Decision::Create { verified: false }
        }
        (false, Claim::Unproven, Holder::Unverified | Holder::Verified) => Decision::Refuse,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole of it. Nobody who has shown nothing comes into an account that is another's.
    #[test]
    fn nobody_comes_into_anothers_account() {
        use Claim::{NoAddress, Proven, Unproven};
        use Decision::{Create, Link, Reclaim, Refuse, SignIn};
        use Holder::{Nobody, Unverified, Verified};
        let table = [
            (Nobody, NoAddress, Create { verified: false }),
            (Nobody, Unproven, Create { verified: false }),
            (Nobody, Proven, Create { verified: true }),
            (Unverified, NoAddress, Create { verified: false }),
            (Unverified, Unproven, Refuse),
            (Unverified, Proven, Reclaim),
            (Verified, NoAddress, Create { verified: false }),
            (Verified, Unproven, Refuse),
            (Verified, Proven, Link),
        ];
        for (holder, claim, decision) in table {
            assert_eq!(decide(false, holder, claim), decision, "{holder:?} {claim:?}");
            assert_eq!(decide(true, holder, claim), SignIn, "{holder:?} {claim:?}");
        }
    }
}
