//! Mails: how they wait, go out, fail and end; what they say; and that nothing of a request gets into their links.

use std::sync::Arc;

use futures_util::future::join;
use neonex_core::mail::{SmtpMailer, SmtpServer};
use neonex_core::platform::Platform;
use neonex_testkit::{AppTenant, Client, MailServer, TestApp};
use serde_json::{Value, json};

use crate::api::{expect, problem};
use crate::support::{numbers, rows_of};

pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The mails to an address, latest first.
pub(crate) async fn mails(developer: &Client, to: &str) -> Vec<Value> {
    let to = to.replace('+', "%2B");
    let list = expect(&developer.get(&format!("/v1/mails?to={to}")).await, 200);
    list["items"].as_array().unwrap().clone()
}

/// The text of the latest mail of that kind to an address.
pub(crate) async fn text(developer: &Client, to: &str, template: &str) -> String {
    let mails = mails(developer, to).await;
    let mail = mails.iter().find(|mail| mail["template"] == template);
    let mail = mail.unwrap_or_else(|| panic!("no {template} to {to} in {mails:?}"));
    let open = expect(&developer.get(&format!("/v1/mails/{}", mail["id"].as_str().unwrap())).await, 200);
    open["text"].as_str().unwrap().to_owned()
}

/// The token that stands in it.
pub(crate) async fn token(developer: &Client, to: &str, template: &str) -> String {
    token_in(&text(developer, to, template).await)
}

fn token_in(text: &str) -> String {
    let at = text.find("nx_one_").unwrap_or_else(|| panic!("no token in {text}"));
    text[at..].chars().take_while(|letter| letter.is_ascii_alphanumeric() || *letter == '_').collect()
}

fn send_through(platform: &Platform, url: &str, authorities: Option<&str>) {
    let authorities = authorities.map(|path| std::fs::read(path).unwrap());
    let server = SmtpServer::parse(url, authorities.as_deref()).unwrap();
    platform.set_mailer(Arc::new(SmtpMailer::new(server, "Acme <mail@acme.example>").unwrap()));
}

/// Sends what is due, and counts what was taken.
async fn deliver(app: &TestApp) -> usize {
    app.platform.platform.deliver_due().await.unwrap().done
}

async fn ask(tenant: &AppTenant, email: &str) {
    expect(
        &tenant.anonymous().post("/v1/auth/sign-up", &json!({"email": email, "password": PASSWORD})).await,
        202,
    );
}

async fn state(developer: &Client, to: &str) -> (String, i64) {
    let mail = mails(developer, to).await.remove(0);
    (mail["state"].as_str().unwrap().to_owned(), mail["attempts"].as_i64().unwrap())
}

#[tokio::test]
async fn a_mail_reaches_a_real_mail_server() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let mut server = MailServer::start(&["--tls", "--user", "neonex", "--password", "s3cret"]).await.unwrap();
    let url = format!("smtp://neonex:s3cret@localhost:{}", server.port);
    send_through(&app.platform.platform, &url, server.certificate.as_deref());
    expect(
        &developer.patch("/v1/auth/settings", &json!({"app_url": "https://app.example.com/in"})).await,
        200,
    );
    ask(&acme, "ann@example.com").await;
    let token = token(&developer, "ann@example.com", "verify_email").await;
    assert_eq!(deliver(&app).await, 1);
    let mail = server.said().await.unwrap();
    assert_eq!((&mail["to"], &mail["sender"]), (&json!(["ann@example.com"]), &json!("mail@acme.example")));
    assert_eq!((&mail["tls"], &mail["authenticated"]), (&json!(true), &json!(true)));
    let headers = &mail["headers"];
    assert_eq!(headers["From"], "Acme <mail@acme.example>");
    assert_eq!(headers["Subject"], "Confirm your address at acme");
    assert_eq!(headers["Auto-Submitted"], "auto-generated");
    let link = format!("https://app.example.com/in#token={token}&type=verify_email");
    assert!(mail["text"].as_str().unwrap().contains(&link), "{mail}");
    assert!(mail["html"].as_str().unwrap().contains(&link.replace('&', "&amp;")), "{mail}");
    // It is known to have been sent, and not any more what it said.
    let sent = mails(&developer, "ann@example.com").await.remove(0);
    assert_eq!((&sent["state"], &sent["attempts"]), (&json!("sent"), &json!(1)));
    let path = format!("/v1/mails/{}", sent["id"].as_str().unwrap());
    let open = expect(&developer.get(&path).await, 200);
    assert!(open.get("text").is_none() && open.get("html").is_none(), "{open}");
    problem(&developer.post(&format!("{path}/retry"), &json!({})).await, 409, "mail_sent");
    assert_eq!(deliver(&app).await, 0);
    app.remove().await.unwrap();
}

/// A server that offers no TLS gets nothing, nor one whose certificate is another's.
#[tokio::test]
async fn without_tls_nothing_is_said() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let bare = MailServer::start(&[]).await.unwrap();
    send_through(&app.platform.platform, &format!("smtp://localhost:{}", bare.port), None);
    ask(&acme, "ann@example.com").await;
    assert_eq!(deliver(&app).await, 0);
    let mail = mails(&developer, "ann@example.com").await.remove(0);
    assert_eq!((&mail["state"], &mail["attempts"]), (&json!("queued"), &json!(1)));
    assert!(mail["last_error"].as_str().unwrap().contains("STARTTLS"), "{mail}");
    let other = app.another_process().await.unwrap();
    let platform = app.platform.another_process().await.unwrap();
    let strange = MailServer::start(&["--tls"]).await.unwrap();
    send_through(&platform, &format!("smtp://localhost:{}", strange.port), None);
    let again = format!("/v1/mails/{}/retry", mail["id"].as_str().unwrap());
    expect(&developer.at(&other).post(&again, &json!({})).await, 200);
    assert_eq!(platform.deliver_due().await.unwrap().done, 0);
    let mail = mails(&developer, "ann@example.com").await.remove(0);
    assert!(mail["last_error"].as_str().unwrap().contains("certificate"), "{mail}");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_mail_that_is_not_taken_is_tried_again() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let mut server = MailServer::start(&[]).await.unwrap();
    send_through(&app.platform.platform, &server.url(), None);
    for email in ["later-2-ann@example.com", "never-bob@example.com"] {
        ask(&acme, email).await;
    }
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(server.said().await.unwrap(), json!({"refused": "later-2-ann@example.com"}));
    let failed = mails(&developer, "never-bob@example.com").await.remove(0);
    assert_eq!((&failed["state"], &failed["attempts"]), (&json!("failed"), &json!(1)));
    assert!(failed["last_error"].as_str().unwrap().contains("nobody of that name"), "{failed}");
    assert_eq!(state(&developer, "later-2-ann@example.com").await, ("queued".to_owned(), 1));
    // Not before its time.
    assert_eq!(deliver(&app).await, 0);
    app.platform.clock.advance(67);
    assert_eq!(deliver(&app).await, 0);
    assert_eq!(server.said().await.unwrap(), json!({"refused": "later-2-ann@example.com"}));
    app.platform.clock.advance(331);
    assert_eq!(deliver(&app).await, 1);
    assert_eq!(server.said().await.unwrap()["to"], json!(["later-2-ann@example.com"]));
    assert_eq!(state(&developer, "later-2-ann@example.com").await, ("sent".to_owned(), 3));
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_mail_server_may_be_away_for_a_while() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let server = MailServer::start(&[]).await.unwrap();
    send_through(&app.platform.platform, &server.url(), None);
    let port = server.stop().await.unwrap().to_string();
    // One that opens nothing, and so is worth something whenever it comes.
    let change = json!({"to": "ann@example.com"});
    expect(&developer.post("/v1/mail-templates/password_changed/en/test", &change).await, 202);
    for tried in 1..=8 {
        assert_eq!(deliver(&app).await, 0);
        let expected = if tried == 8 { "failed" } else { "queued" };
        assert_eq!(state(&developer, "ann@example.com").await, (expected.to_owned(), tried));
        app.platform.clock.advance(14 * 3600);
    }
    let mut server = MailServer::start(&["--port", &port]).await.unwrap();
    assert_eq!(deliver(&app).await, 0, "it was given up");
    let id = mails(&developer, "ann@example.com").await[0]["id"].as_str().unwrap().to_owned();
    expect(&developer.post(&format!("/v1/mails/{id}/retry"), &json!({})).await, 200);
    assert_eq!(deliver(&app).await, 1);
    assert_eq!(server.said().await.unwrap()["to"], json!(["ann@example.com"]));
    app.remove().await.unwrap();
}

/// Two workers, and whatever they see at the same time.
#[tokio::test]
async fn of_two_workers_one_sends_a_mail() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let mut server = MailServer::start(&[]).await.unwrap();
    let other = app.platform.another_process().await.unwrap();
    for platform in [&app.platform.platform, &other] {
        send_through(platform, &server.url(), None);
    }
    for user in 0..20 {
        ask(&acme, &format!("user-{user}@example.com")).await;
    }
    let (one, two) = join(app.platform.platform.deliver_due(), other.deliver_due()).await;
    let sent = one.unwrap().done + two.unwrap().done;
    assert_eq!(sent, 20);
    let mut got = Vec::new();
    for _ in 0..20 {
        got.push(server.said().await.unwrap()["to"][0].as_str().unwrap().to_owned());
    }
    got.sort();
    got.dedup();
    assert_eq!(got.len(), 20);
    app.remove().await.unwrap();
}

/// A mail server that says nothing holds up neither requests nor other mails; and what a request causes goes out at
/// once, without a sweep.
#[tokio::test]
async fn a_silent_mail_server_holds_up_nobody() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let mut server = MailServer::start(&[]).await.unwrap();
    send_through(&app.platform.platform, &server.url(), None);
    ask(&acme, "silent-ann@example.com").await;
    let platform = app.platform.platform.clone();
    let stuck = tokio::spawn(async move { platform.deliver_due().await });
    assert_eq!(server.said().await.unwrap(), json!({"silent": "silent-ann@example.com"}));
    let platform = app.platform.platform.clone();
    let worker = tokio::spawn(async move {
        loop {
            platform.mail_woken().await;
            platform.deliver_woken().await;
        }
    });
    tokio::task::yield_now().await;
    ask(&acme, "bob@example.com").await;
    assert_eq!(server.said().await.unwrap()["to"], json!(["bob@example.com"]));
    stuck.abort();
    worker.abort();
    app.remove().await.unwrap();
}

/// Without a server mails wait where they can be seen, and go out when there is one.
#[tokio::test]
async fn without_a_mail_server_mails_wait() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    ask(&acme, "ann@example.com").await;
    assert_eq!(deliver(&app).await, 0);
    let mail = mails(&developer, "ann@example.com").await.remove(0);
    assert_eq!((&mail["state"], &mail["attempts"]), (&json!("queued"), &json!(0)));
    assert_eq!(mail["last_error"], "no SMTP server is configured");
    let mut server = MailServer::start(&[]).await.unwrap();
    let restarted = app.platform.another_process().await.unwrap();
    send_through(&restarted, &server.url(), None);
    app.platform.clock.advance(61);
    assert_eq!(restarted.deliver_due().await.unwrap().done, 1);
    assert_eq!(server.said().await.unwrap()["to"], json!(["ann@example.com"]));
    app.remove().await.unwrap();
}

/// What a link opens is over before it could be sent, so it is not sent; and in the end nothing is left.
#[tokio::test]
async fn mails_are_not_kept_for_ever() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    ask(&acme, "ann@example.com").await;
    expect(&acme.anonymous().post("/v1/auth/magic-link", &json!({"email": "nobody@example.com"})).await, 202);
    let store = app.platform.store();
    assert_eq!(rows_of(store, &acme.tenant, "mails").await, 3);
    deliver(&app).await;
    assert_eq!(rows_of(store, &acme.tenant, "mails").await, 1, "what was none is gone");
    app.platform.clock.advance(24 * 3600 + 1);
    deliver(&app).await;
    let mail = mails(&developer, "ann@example.com").await.remove(0);
    assert_eq!(mail["state"], "failed");
    let path = format!("/v1/mails/{}", mail["id"].as_str().unwrap());
    assert!(expect(&developer.get(&path).await, 200).get("text").is_none());
    problem(&developer.post(&format!("{path}/retry"), &json!({})).await, 409, "mail_over");
    app.platform.clock.advance(29 * 24 * 3600);
    deliver(&app).await;
    assert_eq!(rows_of(store, &acme.tenant, "mails").await, 0);
    let due = "SELECT count(*) FROM mail_due";
    assert_eq!(numbers(store, neonex_core::store::Place::Control, due, &[]).await, [Some(0)]);
    app.remove().await.unwrap();
}

#[tokio::test]
async fn a_tenant_writes_its_own_mails() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let all = expect(&developer.get("/v1/mail-templates").await, 200);
    assert_eq!(all["items"].as_array().unwrap().len(), 20);
    let own = "/v1/mail-templates/verify_email/de-AT";
    problem(&developer.get(own).await, 404, "not_found");
    problem(&developer.delete(own).await, 404, "not_found");
    for wrong in ["/v1/mail-templates/verify_email/EN", "/v1/mail-templates/welcome/en"] {
        problem(&developer.get(wrong).await, 404, "not_found");
    }
    let unknown =
        json!({"subject": "Servus {{name}}", "text": "{{link}} {{password}}", "html": "<p>{{#link}}</p>"});
    let refused = expect(&developer.put(own, &unknown).await, 400);
    let found: Vec<_> = refused["errors"].as_array().unwrap().iter().map(|error| &error["pointer"]).collect();
    assert_eq!(found, ["/subject", "/text", "/html"]);
    assert!(refused["errors"][1]["message"].as_str().unwrap().contains("`password`"), "{refused}");
    let written = json!({"subject": "Servus bei {{app}}", "text": "{{email}}: {{token}}", "html": "<b>{{email}}</b> {{token}}"});
    expect(&developer.put(own, &written).await, 200);
    let preview = expect(&developer.post(&format!("{own}/preview"), &json!({})).await, 200);
    assert_eq!(preview["subject"], "Servus bei Example");
    let draft = json!({"draft": {"subject": "x", "text": "{{hours}}"}});
    assert_eq!(expect(&developer.post(&format!("{own}/preview"), &draft).await, 200)["text"], "24");
    let anonymous = acme.anonymous();
    let sign_up = |email: &str, locale: &str| json!({"email": email, "password": PASSWORD, "locale": locale});
    // An address may hold what HTML reads as its own.
    let odd = "a&b'<x>\"@example.com";
    problem(&anonymous.post("/v1/auth/sign-up", &sign_up(odd, "de")).await, 400, "invalid_body");
    for (email, locale) in
        [("a&b'c@example.com", "de-AT"), ("bob@example.com", "de"), ("cyd@example.com", "fr")]
    {
        app.platform.clock.advance(1);
        expect(&anonymous.post("/v1/auth/sign-up", &sign_up(email, locale)).await, 202);
    }
    let list = expect(&developer.get("/v1/mails").await, 200);
    let seen: Vec<_> = list["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|mail| (mail["locale"].as_str().unwrap(), mail["subject"].as_str().unwrap()))
        .collect();
    let expected = [
        ("en", "Confirm your address at acme"),
        ("de", "Bestätige deine Adresse bei acme"),
        ("de-AT", "Servus bei acme"),
    ];
    assert_eq!(seen, expected);
    let id = list["items"][2]["id"].as_str().unwrap();
    let open = expect(&developer.get(&format!("/v1/mails/{id}")).await, 200);
    assert!(open["html"].as_str().unwrap().starts_with("<b>a&amp;b&#39;c@example.com</b>"), "{open}");
    assert!(open["text"].as_str().unwrap().starts_with("a&b'c@example.com: nx_one_"), "{open}");
    expect(&developer.patch("/v1/auth/settings", &json!({"mail_locale": "de-AT"})).await, 200);
    expect(
        &anonymous.post("/v1/auth/sign-up", &json!({"email": "dan@example.com", "password": PASSWORD})).await,
        202,
    );
    assert_eq!(mails(&developer, "dan@example.com").await[0]["locale"], "de-AT");
    expect(&developer.delete(own).await, 204);
    expect(&developer.post("/v1/mail-templates/code/de/test", &json!({"to": "eve@example.com"})).await, 202);
    assert!(text(&developer, "eve@example.com", "code").await.contains("123456"));
    // Who may read only does not read what signs somebody in.
    let reader = acme.secret_with(&["auth:read"]).await.unwrap();
    expect(&reader.get("/v1/mails").await, 200);
    problem(&reader.get(&format!("/v1/mails/{id}")).await, 403, "scope_needed");
    app.remove().await.unwrap();
}

#[tokio::test]
async fn mails_are_found_by_page_state_and_address() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    for user in 0..5 {
        ask(&acme, &format!("User-{user}@example.com")).await;
        app.platform.clock.advance(1);
    }
    let mut found = Vec::new();
    let mut path = "/v1/mails?limit=2&state=queued".to_owned();
    loop {
        let page = expect(&developer.get(&path).await, 200);
        found.extend(
            page["items"].as_array().unwrap().iter().map(|mail| mail["to"].as_str().unwrap().to_owned()),
        );
        let Some(cursor) = page["next_cursor"].as_str() else { break };
        path = format!("/v1/mails?limit=2&state=queued&cursor={cursor}");
    }
    let expected: Vec<_> = (0..5).rev().map(|user| format!("User-{user}@example.com")).collect();
    assert_eq!(found, expected);
    assert_eq!(mails(&developer, "user-3@EXAMPLE.com").await.len(), 1);
    let failed = expect(&developer.get("/v1/mails?state=failed").await, 200);
    assert_eq!(failed["items"], json!([]));
    problem(&developer.get("/v1/mails?state=void").await, 400, "invalid_parameter");
    app.remove().await.unwrap();
}

/// security.md 2.3: nothing that a request says of its own address gets into a mail.
#[tokio::test]
async fn links_are_made_of_the_settings_alone() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let settings =
        json!({"app_url": "https://app.example.com", "redirect_urls": ["https://app.example.com/in"]});
    expect(&developer.patch("/v1/auth/settings", &settings).await, 200);
    ask(&acme, "ann@example.com").await;
    let hostile = [
        "evil.example",
        "evil.example:8443",
        "app.example.com.evil.example",
        "evil.example#app.example.com",
        "app.example.com@evil.example",
        "//evil.example",
        "https://evil.example",
        "https://evil.example/in",
        "javascript:alert(1)//evil.example",
        "[::ffff:evil.example]",
    ];
    let mut sent = 0;
    for header in ["host", "origin", "x-forwarded-host", "forwarded", "referer"] {
        for value in hostile {
            app.platform.clock.advance(600);
            let value = if header == "forwarded" { format!("host=\"{value}\"") } else { value.to_owned() };
            let client = acme.anonymous().with(header, &value);
            let answer = client.post("/v1/auth/magic-link", &json!({"email": "ann@example.com"})).await;
            if answer.status == 202 {
                sent += 1;
                let mail = mails(&developer, "ann@example.com").await.remove(0);
                let mail =
                    expect(&developer.get(&format!("/v1/mails/{}", mail["id"].as_str().unwrap())).await, 200);
                let mail = mail.to_string();
                assert!(!mail.contains("evil"), "{header}: {value}: {mail}");
                assert!(mail.contains("https://app.example.com/#token=nx_one_"), "{mail}");
            } else {
                assert!((400..500).contains(&answer.status), "{header}: {value}");
            }
        }
    }
    println!("{sent} mails with hostile headers: 0 of these in a link");
    assert!(sent >= 30, "{sent}");
    for redirect in
        ["https://evil.example", "https://app.example.com/inner", "https://app.example.com/in#x", "/in"]
    {
        let wish = json!({"email": "ann@example.com", "redirect_url": redirect});
        let refused = expect(&acme.anonymous().post("/v1/auth/magic-link", &wish).await, 400);
        assert_eq!(refused["errors"][0]["pointer"], "/redirect_url", "{redirect}");
    }
    app.platform.clock.advance(600);
    let wish = json!({"email": "ann@example.com", "redirect_url": "https://app.example.com/in/there?x=1"});
    expect(&acme.anonymous().post("/v1/auth/magic-link", &wish).await, 202);
    let text = text(&developer, "ann@example.com", "magic_link").await;
    assert!(text.contains("https://app.example.com/in/there?x=1#token=nx_one_"), "{text}");
    app.remove().await.unwrap();
}

/// security.md: secrets at rest. What a mail says is nowhere in plain text.
#[tokio::test]
async fn what_a_mail_opens_is_not_in_the_database() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    ask(&acme, "ann@example.com").await;
    expect(&acme.anonymous().post("/v1/auth/code", &json!({"email": "ann@example.com"})).await, 202);
    let token = token(&developer, "ann@example.com", "verify_email").await;
    let store = app.platform.store();
    let like = |table: &str, column: &str, what: &str| {
        let text = match store.dialect() {
            neonex_core::store::Dialect::Postgres => format!("encode({column}, 'escape')"),
            _ => format!("CAST({column} AS CHAR)"),
        };
        format!("SELECT count(*) FROM {table} WHERE tenant_id = ? AND {text} LIKE '%{what}%'")
    };
    for (table, column) in [("mails", "body"), ("one_time_secrets", "sealed"), ("one_time_secrets", "digest")]
    {
        for what in [token.as_str(), "nx_one_", "Confirm", "ann@example.com"] {
            let found =
                numbers(store, acme.tenant.place(), &like(table, column, what), &[acme.tenant.id.as_uuid()])
                    .await;
            assert_eq!(found, [Some(0)], "{what} in {table}.{column}");
        }
    }
    app.remove().await.unwrap();
}

/// So that nobody's box is filled, and nobody fills others'.
#[tokio::test]
async fn mails_are_not_without_number() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    ask(&acme, "ann@example.com").await;
    let anonymous = acme.anonymous();
    let wish = |email: &str| json!({"email": email});
    // The sign-up was the first. Whether somebody has the address makes no difference, nor how it is written.
    for (email, free) in [("ann@example.com", 2), ("nobody@example.com", 3)] {
        for at in 0..5 {
            let email = if at % 2 == 0 { email.to_owned() } else { email.to_uppercase() };
            let answer = anonymous.post("/v1/auth/magic-link", &wish(&email)).await;
            if at < free {
                expect(&answer, 202);
            } else {
                problem(&answer, 429, "too_many_mails");
                assert_eq!(answer.header("retry-after"), Some("600"));
            }
        }
    }
    // A sign-up is refused to nobody for it.
    ask(&acme, "ann@example.com").await;
    app.platform.clock.advance(600);
    expect(&anonymous.post("/v1/auth/magic-link", &wish("ann@example.com")).await, 202);
    problem(&anonymous.post("/v1/auth/magic-link", &wish("ann@example.com")).await, 429, "too_many_mails");
    // From one network address.
    let mut answers = Vec::new();
    for user in 0..60 {
        answers.push(
            anonymous.post("/v1/auth/magic-link", &wish(&format!("user-{user}@example.com"))).await.status,
        );
    }
    let admitted = answers.iter().filter(|status| **status == 202).count();
    assert!((45..=50).contains(&admitted), "{admitted}");
    // Of the tenant.
    expect(&developer.patch("/v1/auth/settings", &json!({"mails_per_hour": 2})).await, 200);
    app.platform.clock.advance(48 * 3600);
    for user in 0..2 {
        expect(
            &anonymous.post("/v1/auth/magic-link", &wish(&format!("other-{user}@example.com"))).await,
            202,
        );
    }
    let refused = anonymous.post("/v1/auth/magic-link", &wish("other-2@example.com")).await;
    problem(&refused, 429, "too_many_mails");
    assert_eq!(refused.header("retry-after"), Some("1800"));
    app.remove().await.unwrap();
}
