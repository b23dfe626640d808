//! Which indexes lists lack, and which they do without.

use neonex_core::collections::{Index, IndexKind};
use neonex_core::records::{AggregateQuery, BulkQuery, ExportQuery, Format, ListQuery, MissingIndex};
use neonex_testkit::TestApp;
use serde_json::json;

use crate::api::{expect, problem};
use crate::collections::Workshop;

impl Workshop {
    async fn list(&self, filter: &str, sort: &str) {
        let sent = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let query = ListQuery { filter: sent(filter), sort: sent(sort), ..ListQuery::default() };
        self.scope().await.records("movies").unwrap().list(&query).await.unwrap();
    }

    async fn advice(&self) -> (Vec<MissingIndex>, Vec<Vec<String>>) {
        let scope = self.scope().await;
        let advice = scope.records("movies").unwrap().advice(&scope.permit().unwrap());
        assert!(advice.complete);
        (advice.missing, advice.unused.into_iter().map(|index| index.fields).collect())
    }
}

fn missing(fields: &[&str], lists: u64, filter: Option<&str>, sort: Option<&str>) -> MissingIndex {
    MissingIndex {
        fields: fields.iter().map(|&field| field.to_owned()).collect(),
        lists,
        filter: filter.map(str::to_owned),
        sort: sort.map(str::to_owned),
        ruled: false,
    }
}

#[tokio::test]
async fn lists_say_which_indexes_they_lack_and_which_they_need() {
    let shop = Workshop::open().await;
    let indexes = json!([{"fields": ["genre", "year"]}, {"fields": ["year"]}, {"fields": ["stars"]},
        {"fields": ["code", "year"], "unique": true}, {"fields": ["title"], "kind": "search"}]);
    let fields = json!([{"name": "title", "type": "text"}, {"name": "year", "type": "int"},
        {"name": "stars", "type": "int"}, {"name": "genre", "type": "text", "max_length": 50},
        {"name": "code", "type": "text", "max_length": 50, "unique": true}]);
    shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes})).await.unwrap();
    let names = |all: &[&[&str]]| -> Vec<Vec<String>> {
        all.iter().map(|fields| fields.iter().map(|&field| field.to_owned()).collect()).collect()
    };
    let unused = [&["genre", "year"][..], &["year"], &["stars"], &["title"]];
    assert_eq!(shop.advice().await, (Vec::new(), names(&unused)));

    // Lists of one kind are one, whatever their constants.
    for year in 1990..2000 {
        shop.list(&format!("title == 'secret {year}'"), "-year").await;
    }
    shop.list("title == 'other' && genre != 'x'", "-year").await;
    shop.list("code == 'x' && title == 'y'", "").await;
    shop.list("genre == 'x'", "year").await;
    shop.list("", "stars,title").await;
    // What is only explained is no list that there was.
    let query = ListQuery { filter: Some("genre == 'x' && title == 'y'".to_owned()), ..ListQuery::default() };
    let scope = shop.scope().await;
    let records = scope.records("movies").unwrap();
    records.explain(&scope.permit().unwrap(), &query, false).await.unwrap();
    let expected = vec![
        missing(&["title", "year"], 11, Some("title == ?"), Some("-year")),
        missing(&["stars", "title"], 1, None, Some("stars,title")),
    ];
    assert_eq!(shop.advice().await, (expected, names(&[&["title"]])));
    let search = ListQuery { search: Some("word".to_owned()), ..ListQuery::default() };
    records.list(&search).await.unwrap();
    assert_eq!(shop.advice().await.1, names(&[]));

    // What was seen is known still when the tenant's state is loaded anew, but not of another design.
    let settings = neonex_core::tenants::TenantPatch::parse(None, Some("Acme".to_owned()), None).unwrap();
    let operator = shop.test.operator().await.unwrap();
    operator.update_tenant("acme", settings, neonex_core::version::Precondition::None).await.unwrap();
    assert_eq!(shop.advice().await.0.len(), 2);
    shop.alter("movies", json!({"indexes": [{"fields": ["title", "year"]}]})).await.unwrap();
    assert_eq!(shop.advice().await, (Vec::new(), names(&[&["title", "year"]])));
    shop.list("title == 'x'", "year").await;
    assert_eq!(shop.advice().await, (Vec::new(), names(&[])));
    shop.close().await;
}

/// An index counts as used also by what is no list, and by what other collections' rules and filters look for.
#[tokio::test]
async fn an_index_is_not_called_unused_for_being_used_otherwise() {
    let shop = Workshop::open().await;
    let all = ["a", "b", "c", "d", "e", "f", "g"];
    let fields: Vec<_> = all.iter().map(|name| json!({"name": name, "type": "int"})).collect();
    let indexes: Vec<_> = all.iter().map(|name| json!({"fields": [name]})).collect();
    shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes})).await.unwrap();
    let rule = "collection('movies').exists(m, m.a == record.n)";
    let many = json!({"name": "movies", "type": "relation", "collection": "movies", "many": true});
    let fields = json!([{"name": "n", "type": "int"}, many]);
    let other = json!({"name": "other", "fields": fields, "rules": {"view": rule}});
    shop.create(other).await.unwrap();
    let unused = async || shop.advice().await.1.concat();
    assert_eq!(unused().await, ["b", "c", "d", "e", "f", "g"]);
    let scope = shop.scope().await;
    let records = scope.records("movies").unwrap();
    let filter = |text: &str| Some(text.to_owned());
    let query =
        AggregateQuery { filter: filter("b > 1"), group_by: filter("c"), ..AggregateQuery::default() };
    records.aggregate(&query).await.unwrap();
    assert_eq!(unused().await, ["d", "e", "f", "g"]);
    let query = ExportQuery { filter: filter("d == 1"), fields: None };
    records.export(query, Format::Json).unwrap();
    assert_eq!(unused().await, ["e", "f", "g"]);
    records.delete_all(&BulkQuery { filter: "e == 1".to_owned(), ..BulkQuery::default() }).await.unwrap();
    assert_eq!(unused().await, ["f", "g"]);
    let query = ListQuery { filter: filter("movies.exists(m, m.f == 1)"), ..ListQuery::default() };
    scope.records("other").unwrap().list(&query).await.unwrap();
    assert_eq!(unused().await, ["g"]);
    let index =
        Index { fields: vec!["g".to_owned()], unique: false, kind: IndexKind::Ordered, condition: None };
    assert_eq!(records.advice(&scope.permit().unwrap()).unused, [index]);
    shop.close().await;
}

#[tokio::test]
async fn advice_is_for_those_who_read_all_records() {
    let app = TestApp::start().await.unwrap();
    let acme = app.tenant("acme").await.unwrap();
    let developer = acme.secret().await.unwrap();
    let fields = json!([{"name": "year", "type": "int"}, {"name": "pin", "type": "text", "hidden": true}]);
    let movies = json!({"name": "movies", "fields": fields, "rules": {"list": "true"}});
    expect(&developer.post("/v1/collections", &movies).await, 201);
    let path = "/v1/collections/movies/advice";
    let reader = acme.publishable().await.unwrap();
    expect(&reader.get("/v1/collections/movies/records?sort=year").await, 200);
    expect(&developer.get("/v1/collections/movies/records?filter=pin%20%3D%3D%20'1234'").await, 200);
    let advice = expect(&developer.get(path).await, 200);
    assert_eq!(
        advice["missing_indexes"],
        json!([
            {"fields": ["pin"], "lists": 1, "filter": "pin == ?", "sort": null, "ruled": false},
            {"fields": ["year"], "lists": 1, "filter": null, "sort": "year", "ruled": true},
        ])
    );
    assert_eq!((&advice["unused_indexes"], &advice["complete"]), (&json!([]), &json!(true)));
    problem(&reader.get(path).await, 403, "scope_needed");
    let designer = acme.secret_with(&["collections:read", "records:write"]).await.unwrap();
    problem(&designer.get(path).await, 403, "scope_needed");
    problem(&developer.get("/v1/collections/nothing/advice").await, 404, "not_found");
    app.remove().await.unwrap();
}
