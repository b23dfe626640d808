//! A server with a tenant that has posts.

use neonex_sdk::types::{NewCollection, NewField, NewKey, NewTenant};
use neonex_sdk::{Client, ClientBuilder, Records, RetryPolicy};
use neonex_testkit::{Program, Server};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A post, as a program of its own would have it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(crate) struct Post {
    pub(crate) title: String,
    pub(crate) views: i64,
}

impl Post {
    pub(crate) fn new(title: impl Into<String>, views: i64) -> Self {
        Self { title: title.into(), views }
    }
}

/// A server in a folder of its own, and ways to it. It ends with this.
pub(crate) struct Site {
    pub(crate) server: Server,
    /// An operator's token.
    pub(crate) token: String,
    /// A secret key of the tenant `acme`, which has a collection `posts`.
    pub(crate) key: String,
    pub(crate) operator: Client,
    _folder: tempfile::TempDir,
}

impl Site {
    /// One that lets a client ask as often as it likes.
    pub(crate) async fn open() -> Self {
        Self::open_with(&[("NEONEX_RATE_LIMIT", "off")]).await
    }

    /// One with these settings.
    pub(crate) async fn open_with(settings: &[(&str, &str)]) -> Self {
        let (folder, program) = program();
        let program = settings.iter().fold(program, |program, (name, value)| program.with(name, value));
        let server = program.serve().await.unwrap();
        let token = program.token().unwrap();
        let operator = Client::builder(server.url()).credential(&token).build().unwrap();
        operator.tenants().create(&NewTenant::new("acme", "Acme")).await.unwrap();
        let key = operator.keys("acme").create(&NewKey::secret("tests")).await.unwrap();
        let key = key.key.unwrap().reveal().to_owned();
        let posts = NewCollection::new("posts")
            .field(NewField::text("title").required())
            .field(NewField::int("views").default_value(0));
        operator.with_credential(&key).unwrap().collections().create(&posts).await.unwrap();
        Self { server, token, key, operator, _folder: folder }
    }

    /// A client with the tenant's key, at another address.
    pub(crate) fn at(&self, url: &str) -> ClientBuilder {
        Client::builder(url).credential(&self.key)
    }

    /// The tenant's posts, and no second try.
    pub(crate) fn posts(&self) -> Records<Post> {
        self.at(self.server.url()).retry(RetryPolicy::never()).build().unwrap().records("posts")
    }

    /// How many posts there are.
    pub(crate) async fn count(&self) -> i64 {
        let client = self.at(self.server.url()).build().unwrap();
        let posts = client.records::<Map<String, Value>>("posts");
        let page = posts.list().count(neonex_sdk::types::CountMode::Exact).limit(1).send().await.unwrap();
        page.total.unwrap()
    }
}

/// The program in an empty folder, which is gone when the first of the two is.
pub(crate) fn program() -> (tempfile::TempDir, Program) {
    let folder = tempfile::tempdir().unwrap();
    let program = Program::new(env!("CARGO_BIN_EXE_neonex"), folder.path());
    (folder, program)
}
