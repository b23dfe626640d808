//! The examples in the documentation of the workspace, and of the tutorial's Rust, against a server.

use neonex_sdk::env;

use crate::cargo::cargo;
use crate::tutorial;

/// They speak of the tenant and the collection that the tutorial makes. Whoever runs `cargo test --doc` without this
/// sets the SDK's variables; without a server the examples fail.
#[tokio::test]
async fn every_example_runs() {
    let platform = tutorial::follow().await;
    let variables = [(env::URL, platform.server.url()), (env::TOKEN, &platform.token), (env::TENANT, "blog")];
    let output = cargo(&["test", "--doc", "--workspace", "--locked"]).envs(variables).output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    // One of each area: an example that is not run proves nothing.
    for place in
        ["lib", "auth", "client", "error", "tenants", "keys", "collections", "records/mod", "records/list"]
    {
        let ran = said.lines().filter(|line| line.starts_with(&format!("test sdk/src/{place}.rs - ")));
        assert!(ran.count() > 0, "no example of {place} ran: {said}");
    }
    assert!(said.contains("test sdk/src/lib.rs - Tutorial ") && !said.contains(" - compile ..."), "{said}");
}
