//! What is made with the SDK's constructors.

use std::collections::HashSet;
use std::fs;

use neonex_sdk::types::{NewCollection, NewField, NewKey};

use crate::cargo::root;
use crate::site::Site;

/// The types that the API document names.
fn documented() -> HashSet<String> {
    let document = fs::read_to_string(root().join("openapi.yaml")).unwrap();
    let (_, field) = document.split_once("\n    NewField:\n").unwrap();
    let (_, types) = field.split_once("\n        type:\n").unwrap();
    let (_, types) = types.split_once("description:").unwrap();
    // The next property begins where no sentence goes on.
    let text = types.split(": ").next().unwrap();
    text.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

#[tokio::test]
async fn there_is_a_constructor_for_every_type_of_field() {
    let site = Site::open().await;
    let all = NewCollection::new("all")
        .field(NewField::text("text").max_length(20))
        .field(NewField::rich_text("rich_text"))
        .field(NewField::int("int").unique())
        .field(NewField::float("float"))
        .field(NewField::decimal("decimal", 3))
        .field(NewField::bool("bool"))
        .field(NewField::date("date"))
        .field(NewField::datetime("datetime"))
        .field(NewField::json("json"))
        .field(NewField::select("select", ["a", "b"]))
        .field(NewField::multi_select("multi_select", ["a", "b"]))
        .field(NewField::email("email"))
        .field(NewField::url("url"))
        .field(NewField::uuid("uuid"))
        .field(NewField::relation("relation", "posts"))
        .field(NewField::relations("relations", "posts"))
        .field(NewField::geo_point("geo_point"))
        .field(NewField::vector("vector", 3))
        .unique_index(["text", "int"]);
    let made = site.at(site.server.url()).build().unwrap().collections().create(&all).await.unwrap();
    let types: HashSet<_> = made.fields.iter().map(|field| field.type_.clone()).collect();
    assert_eq!(types, documented());
    let one = |name: &str| name.trim_end_matches('s').to_owned();
    assert!(made.fields.iter().all(|field| one(&field.name) == one(&field.type_)), "{made:?}");
    let of = |name: &str| made.fields.iter().find(|field| field.name == name).unwrap();
    assert_eq!((of("decimal").scale, of("vector").dimensions), (Some(3), Some(3)));
    assert_eq!((of("relations").many, of("text").max_length), (Some(true), Some(20)));
    assert!(made.indexes[0].unique, "{made:?}");
}

/// A key without scopes has all of them; one with an empty list of them must not become one.
#[tokio::test]
async fn an_empty_list_of_scopes_is_sent_as_one() {
    let site = Site::open().await;
    let none = NewKey::secret("none").scopes(Vec::<String>::new());
    let refused = site.operator.keys("acme").create(&none).await.unwrap_err();
    assert_eq!(refused.details()[0].pointer, "/scopes", "{refused}");
}
