//! How lists are carried out, and which index they lack.

use neonex_core::records::{ListQuery, RecordError};
use serde_json::json;

use crate::collections::Workshop;

#[tokio::test]
async fn a_list_is_explained_and_the_index_that_it_lacks_is_named() {
    let shop = Workshop::open().await;
    shop.create(json!({
        "name": "movies",
        "fields": [{"name": "title", "type": "text"}, {"name": "year", "type": "int"},
            {"name": "genre", "type": "text", "max_length": 50}, {"name": "code", "type": "text", "unique": true},
            {"name": "email", "type": "email", "unique": true, "ignore_case": true}],
        "indexes": [{"fields": ["genre", "year"]}],
        "rules": {"list": "genre == 'drama'"},
    }))
    .await
    .unwrap();
    let scope = shop.scope().await;
    let records = scope.records("movies").unwrap();
    let explain = async |filter: &str, sort: &str, ruled: bool| {
        let sent = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let query = ListQuery { filter: sent(filter), sort: sent(sort), ..ListQuery::default() };
        records.explain(&scope.permit().unwrap(), &query, ruled).await
    };
    for (filter, sort, ruled, missing) in [
        ("", "", false, None),
        ("", "year", false, Some(vec!["year"])),
        ("", "-year,title", false, None),
        ("title == 'x'", "", false, Some(vec!["title"])),
        ("genre == 'x'", "", false, None),
        ("genre == 'x' && year > 1990", "", false, None),
        ("genre == 'x'", "-year", false, None),
        ("genre == 'x'", "title", false, Some(vec!["genre", "title"])),
        ("year > 1990", "", false, Some(vec!["year"])),
        ("year in [1990, 1991] && title == 'x'", "", false, Some(vec!["year", "title"])),
        ("code == 'x' && title == 'y'", "", false, None),
        ("email == 'a@example.com'", "", false, Some(vec!["email"])),
        ("title == 'x' || year == 1", "", false, None),
        ("title == 'x'", "", true, Some(vec!["genre", "title"])),
        ("", "-year", true, None),
    ] {
        let explained = explain(filter, sort, ruled).await.unwrap();
        let missing: Option<Vec<String>> =
            missing.map(|fields| fields.into_iter().map(str::to_owned).collect());
        assert_eq!(explained.missing_index, missing, "{filter} by {sort}");
        assert!(
            explained.sql.starts_with("SELECT ") && explained.sql.contains("movies"),
            "{}",
            explained.sql
        );
        assert!(
            !explained.plan.is_empty() && explained.plan.iter().all(|line| !line.contains("c_0")),
            "{explained:?}"
        );
    }
    let found = explain("genre == 'x' && year == 1990", "", false).await.unwrap().plan.join("\n");
    // Of an empty table Postgres reads all.
    if shop.test.store().dialect() != neonex_core::store::Dialect::Postgres {
        assert!(found.contains("index(genre, year)"), "{found}");
    }
    let wrong = explain("nothing == 1", "", false).await;
    assert!(matches!(wrong, Err(RecordError::Invalid(_))), "{wrong:?}");
    shop.alter("movies", json!({"rules": {}})).await.unwrap();
    let scope = shop.scope().await;
    let records = scope.records("movies").unwrap();
    let nobody = records.explain(&scope.permit().unwrap(), &ListQuery::default(), true).await;
    assert!(
        matches!(&nobody, Err(RecordError::Invalid(invalid)) if invalid.details()[0].code == "no_rule"),
        "{nobody:?}"
    );
    shop.close().await;
}
