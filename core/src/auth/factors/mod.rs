//! Users' second factors: set up, shown when they sign in, replaced by a recovery code, taken away.
//!
//! Who has shown one factor and is asked for a second gets a token, under which the second is tried: five times at
//! most, and five minutes long. Nothing that is shown counts twice: a one-time password is good for no step that is not
//! later than the last one that was accepted (so a clock that is set back opens none again), a recovery code is a row
//! that the first who comes with it takes away. What is tried is counted apart from passwords, so that who knows a
//! password cannot guess codes for ever, and who does not cannot lock anybody out of their factor.

mod enrol;
mod manage;
mod model;
mod passkeys;
mod second;
mod store;

pub use self::enrol::{Confirmed, NewTotp};
pub use self::model::{Factor, FactorKind, Factors, SecondFactorNeeded};
pub use self::passkeys::Ceremony;
pub(super) use self::passkeys::ShownPasskey;
pub use self::second::Answer;
pub(super) use self::second::{Asked, Passed, WAITING};
pub(super) use self::store::forget;
