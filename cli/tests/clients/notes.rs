//! The example `notes`, set up by the commands of its description and used in Chromium.

use std::fs;

use serde_json::{Value, json};

use crate::browser::{Browser, page};
use crate::cargo::root;
use crate::site::program;
use crate::tutorial::{bash, blocks_of};

const SERVER: &str = "http://localhost:8080";
const PAGE: &str = "http://localhost:3000";
const PASSWORD: &str = "correct horse battery staple";

/// Fills in what a form has and presses a button.
const FILL: &str = "for (const [name, value] of Object.entries(input.values)) document.getElementsByName(name)[0].value = value;
                    document.querySelector(input.press).click(); done();";
/// Waits until the page shows a text somewhere.
const SHOWS: &str = "const look = () => document.body.innerText.includes(input) ? done(true) : requestAnimationFrame(look); look();";
const NOTES: &str = "done([...document.querySelectorAll('#notes li')].map(note => note.textContent));";

/// The page in a browser.
struct Page(Browser);

impl Page {
    async fn press(&self, button: &str, values: Value) {
        self.0.run(FILL, &json!({"press": button, "values": values})).await;
    }

    async fn shows(&self, text: &str) {
        assert_eq!(self.0.run(SHOWS, &text.into()).await, true, "{text}");
    }

    async fn notes(&self) -> Value {
        self.0.run(NOTES, &Value::Null).await
    }

    async fn enter(&self, how: &str, email: &str) {
        self.shows("Sign up").await;
        self.press(&format!("[value={how}]"), json!({"email": email, "password": PASSWORD})).await;
        self.shows("Sign out").await;
    }
}

#[tokio::test]
async fn users_have_notes_of_their_own() {
    let (folder, program) = program();
    let server = program.serve().await.unwrap();
    // Of the same site as the page.
    let url = server.url().replace("127.0.0.1", "localhost");
    let html = fs::read_to_string(root().join("examples/notes/index.html")).unwrap();
    assert_eq!(html.matches(SERVER).count(), 1, "the server's address stands in one place");
    let origin = page(|_| html.replace(SERVER, &url)).await;

    let shell = blocks_of("examples/notes/README.md").into_iter().filter(|(language, _)| language == "sh");
    let script: String = shell.map(|(_, text)| text).filter(|text| text != "neonex serve\n").collect();
    let script = script.replace(SERVER, &url).replace(PAGE, &origin);
    let script = script.replace("$(neonex token create)", &program.token().unwrap());
    bash(&script, folder.path());

    let browser = Browser::start().await;
    browser.open(&origin).await;
    let authenticator = json!({
        "protocol": "ctap2", "transport": "internal", "hasResidentKey": true, "hasUserVerification": true,
        "isUserConsenting": true, "isUserVerified": true,
    });
    browser.post("/webauthn/authenticator", &authenticator).await;
    let page = Page(browser);
    page.enter("sign-up", "ann@example.com").await;
    page.press("#new button", json!({"text": "Water the plants"})).await;
    page.shows("Water the plants").await;
    page.press("#add-passkey", json!({})).await;
    page.shows("The passkey is added.").await;
    // The session is the browser's, and none that a script could read.
    assert_eq!(page.0.run("done(document.cookie)", &Value::Null).await, "");
    page.0.open(&origin).await;
    page.shows("Water the plants").await;
    page.press("#sign-out", json!({})).await;

    page.enter("sign-up", "bob@example.com").await;
    page.press("#new button", json!({"text": "Call Ann"})).await;
    page.shows("Call Ann").await;
    assert_eq!(page.notes().await, json!(["Call Ann"]));
    page.press("#sign-out", json!({})).await;

    // The password, and the passkey as the second factor; then the passkey alone.
    page.enter("sign-in", "ann@example.com").await;
    page.shows("Water the plants").await;
    assert_eq!(page.notes().await, json!(["Water the plants"]));
    page.press("#sign-out", json!({})).await;
    page.shows("Sign in with a passkey").await;
    page.press("#passkey", json!({})).await;
    page.shows("Water the plants").await;
    assert_eq!(page.notes().await, json!(["Water the plants"]));
}
