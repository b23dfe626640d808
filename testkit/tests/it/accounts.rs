//! The first operator, and operators' tokens.

use futures_util::future::join_all;
use neonex_core::access::Actor;
use neonex_core::accounts::{Email, SETUP_LINK_SECONDS, SetUp, SetUpError};
use neonex_core::password::Password;
use neonex_core::platform::AuthError;
use neonex_core::store::Place;
use neonex_testkit::{TestPlatform, operator};
use uuid::Uuid;

use crate::support::{execute, number};

fn new(email: &str) -> SetUp {
    let password = Password::try_from("correct horse battery".to_owned()).unwrap();
    SetUp { email: Email::try_from(email.to_owned()).unwrap(), password }
}

#[tokio::test]
async fn a_link_makes_one_operator_once() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    assert!(platform.needs_set_up().await.unwrap());
    let (link, other) =
        (platform.make_setup_link().await.unwrap(), platform.make_setup_link().await.unwrap());
    assert!(platform.is_setup_link(link.reveal()).await.unwrap());
    let made = platform.set_up(link.reveal(), new("Ada@example.com")).await.unwrap();
    assert!(!platform.needs_set_up().await.unwrap());
    let scope = operator(platform, made.credential.reveal()).await.unwrap();
    assert!(matches!(scope.actor(), Actor::Operator { account: Some(_), .. }));
    // With the first operator every link ends.
    for link in [&link, &other] {
        assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
        let again = platform.set_up(link.reveal(), new("eve@example.com")).await;
        assert!(matches!(again, Err(SetUpError::InvalidLink)), "{again:?}");
    }
    let forged = neonex_core::credential::Credential::generate(
        neonex_core::credential::CredentialKind::SetUp,
        &neonex_core::rng::SystemRng,
    );
    for link in [forged.unwrap().reveal(), made.credential.reveal(), "nonsense"] {
        let refused = platform.set_up(link, new("eve@example.com")).await;
        assert!(matches!(refused, Err(SetUpError::InvalidLink)), "{refused:?}");
    }
    test.remove().await.unwrap();
}

/// A link that was printed at an earlier start must not make a second operator of whoever finds it in a log.
#[tokio::test]
async fn an_operator_made_unattended_ends_every_link() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    let links = [platform.make_setup_link().await.unwrap(), platform.make_setup_link().await.unwrap()];
    assert!(platform.ensure_operator(new("ada@example.com")).await.unwrap());
    for link in &links {
        assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
        let late = platform.set_up(link.reveal(), new("eve@example.com")).await;
        assert!(matches!(late, Err(SetUpError::InvalidLink)), "{late:?}");
    }
    assert!(!platform.ensure_operator(new("ADA@example.com")).await.unwrap(), "two accounts of one address");
    // A process that found no operator just before makes its link only now.
    let late = platform.make_setup_link().await.unwrap();
    assert!(!platform.is_setup_link(late.reveal()).await.unwrap());
    let refused = platform.set_up(late.reveal(), new("eve@example.com")).await;
    assert!(matches!(refused, Err(SetUpError::InvalidLink)), "{refused:?}");
    let accounts = number(test.store(), Place::Control, "SELECT count(*) FROM accounts", &[]).await;
    assert_eq!(accounts, 1);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn a_link_ends_after_half_an_hour_and_outlives_a_failure() {
    let test = TestPlatform::start().await.unwrap();
    let platform = &test.platform;
    let account = "INSERT INTO accounts (id, email, email_key, password_hash, operator, created_at) \
                   VALUES (?, 'ada@example.com', 'ada@example.com', '', FALSE, 1)";
    execute(test.store(), Place::Control, vec![(account.to_owned(), vec![Uuid::from_u128(1)])]).await;
    let link = platform.make_setup_link().await.unwrap();
    let taken = platform.set_up(link.reveal(), new("Ada@Example.com")).await;
    assert!(matches!(taken, Err(SetUpError::EmailTaken)), "{taken:?}");
    test.clock.advance(SETUP_LINK_SECONDS - 1);
    assert!(platform.is_setup_link(link.reveal()).await.unwrap());
    test.clock.advance(1);
    assert!(!platform.is_setup_link(link.reveal()).await.unwrap());
    let late = platform.set_up(link.reveal(), new("eve@example.com")).await;
    assert!(matches!(late, Err(SetUpError::InvalidLink)), "{late:?}");
    test.remove().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racers_with_one_link_one_becomes_operator() {
    let test = TestPlatform::start().await.unwrap();
    let link = test.platform.make_setup_link().await.unwrap();
    let racers = (0..8).map(|number| {
        let (platform, link) = (test.platform.clone(), link.reveal().to_owned());
        tokio::spawn(async move { platform.set_up(&link, new(&format!("a{number}@example.com"))).await })
    });
    let done = join_all(racers).await;
    assert_eq!(done.iter().filter(|done| done.as_ref().unwrap().is_ok()).count(), 1);
    let accounts = number(test.store(), Place::Control, "SELECT count(*) FROM accounts", &[]).await;
    assert_eq!(accounts, 1);
    test.remove().await.unwrap();
}

#[tokio::test]
async fn what_is_no_token_is_nobodys() {
    let test = TestPlatform::start().await.unwrap();
    let link = test.platform.make_setup_link().await.unwrap();
    let forged = neonex_core::credential::Credential::generate(
        neonex_core::credential::CredentialKind::PersonalAccess,
        &neonex_core::rng::SystemRng,
    );
    for text in ["", "nx_pat_", link.reveal(), forged.unwrap().reveal()] {
        let refused = operator(&test.platform, text).await.err().unwrap();
        let refused = refused.downcast::<AuthError>().unwrap();
        assert!(matches!(refused, AuthError::InvalidCredential), "{text}: {refused:?}");
    }
    test.remove().await.unwrap();
}
