//! The SDK's example, run as its documentation says.

use std::process::{Command, Stdio};

use neonex_sdk::env;
use neonex_sdk::types::TenantState;

use crate::cargo;
use crate::site::Site;

#[tokio::test]
async fn the_quickstart_tours_a_real_server_and_leaves_it_as_it_was() {
    let quickstart = &cargo::programs()["quickstart"];
    let run = |variables: &[(&str, &str)]| {
        let mut command = Command::new(quickstart);
        command.env_clear().envs(variables.iter().copied()).stdin(Stdio::null()).output().unwrap()
    };
    let site = Site::open().await;
    let output = run(&[(env::URL, site.server.url()), (env::TOKEN, &site.token)]);
    let (said, complained) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert!(output.status.success(), "{said}{complained}");
    for line in ["Post 5 has 50 views", "all posts together have 150 views", "precondition_failed: "] {
        assert!(said.contains(line), "{said}");
    }
    let tenants = site.operator.tenants().page(None, None).await.unwrap().items;
    let left: Vec<_> = tenants.iter().filter(|tenant| tenant.status != TenantState::Deleting).collect();
    assert!(tenants.len() == 2 && left.len() == 1 && left[0].slug == "acme", "{tenants:?}");

    let lost = run(&[(env::TOKEN, &site.token)]);
    assert!(!lost.status.success());
    let complained = String::from_utf8(lost.stderr).unwrap();
    assert!(complained.contains("NEONEX_URL is not set"), "{complained}");
}
