//! Collections: made, changed and dropped, and what that does to the records in them.

use neonex_core::access::{CollectionsWrite, Denied, TenantScope};
use neonex_core::collections::{
    Collection, CollectionError, CollectionPatch, FieldPatch, NewCollection, NewField,
};
use neonex_core::idempotency::{Once, Outcome};
use neonex_core::keys::KeyKind;
use neonex_core::records::ListQuery;
use neonex_core::store::Dialect;
use neonex_testkit::{TestPlatform, TestTenant};
use serde_json::{Value as Json, json};

use crate::support::{execute, number, once, rows_of, texts};

/// A tenant with one developer, who starts a new request for each thing done.
pub(crate) struct Workshop {
    pub(crate) test: TestPlatform,
    pub(crate) acme: TestTenant,
    key: neonex_testkit::TestKey,
}

impl Workshop {
    pub(crate) async fn open() -> Self {
        let test = TestPlatform::start().await.unwrap();
        let acme = test.tenant("acme").await.unwrap();
        let key = acme.key(KeyKind::Secret, None).await.unwrap();
        Self { test, acme, key }
    }

    pub(crate) async fn scope(&self) -> TenantScope {
        self.key.scope().await.unwrap()
    }

    pub(crate) async fn create(
        &self,
        collection: Json,
    ) -> Result<std::sync::Arc<Collection>, CollectionError> {
        let scope = self.scope().await;
        let new: NewCollection = serde_json::from_value(collection).unwrap();
        match scope.create_collection(&scope.permit::<CollectionsWrite>().unwrap(), new, None).await? {
            Outcome::Fresh(made) => Ok(made),
            Outcome::Replayed(_) => panic!("a repetition without a key"),
        }
    }

    /// Changes a collection; a field's `renamed_from` stands beside its settings.
    pub(crate) async fn alter(
        &self,
        named: &str,
        patch: Json,
    ) -> Result<std::sync::Arc<Collection>, CollectionError> {
        let scope = self.scope().await;
        scope.alter_collection(&scope.permit::<CollectionsWrite>().unwrap(), named, read_patch(patch)).await
    }

    /// Adds a record and shows it.
    pub(crate) async fn add(&self, collection: &str, record: Json) -> Json {
        let scope = self.scope().await;
        let records = scope.records(collection).unwrap();
        let input = records.input(record.to_string().as_bytes()).unwrap();
        match records.create(input, None).await.unwrap() {
            Outcome::Fresh(body) => serde_json::from_slice(&body.json).unwrap(),
            Outcome::Replayed(_) => panic!("a repetition without a key"),
        }
    }

    /// Every record of a collection, oldest first, without the fields that the server sets.
    pub(crate) async fn all(&self, collection: &str) -> Vec<Json> {
        let scope = self.scope().await;
        let query = ListQuery { sort: Some("created_at".into()), limit: Some(200), ..ListQuery::default() };
        let page = scope.records(collection).unwrap().list(&query).await.unwrap();
        let page: Json = serde_json::from_slice(&page.json).unwrap();
        let strip = |item: &Json| {
            let mut item = item.as_object().unwrap().clone();
            item.retain(|name, _| !["id", "created_at", "updated_at"].contains(&name.as_str()));
            Json::Object(item)
        };
        page["items"].as_array().unwrap().iter().map(strip).collect()
    }

    /// The table's indexes as the database's catalogue has them, apart from the primary key.
    pub(crate) async fn indexes(&self, collection: &str) -> Vec<String> {
        let scope = self.scope().await;
        let table = format!("c_{}", scope.tenant().collection(collection).unwrap().id().as_uuid().simple());
        let sql = match self.test.store().dialect() {
            Dialect::Sqlite => format!(
                "SELECT (CASE i.\"unique\" WHEN 1 THEN 'unique ' ELSE '' END) || \
                     (SELECT group_concat(c.name) FROM pragma_index_info(i.name) c) \
                 FROM pragma_index_list('{table}') i WHERE i.origin = 'c' ORDER BY 1"
            ),
            Dialect::Postgres => format!(
                "SELECT (CASE WHEN x.indisunique THEN 'unique ' ELSE '' END) || \
                     (SELECT string_agg(a.attname::text, ',' ORDER BY a.attnum) FROM pg_attribute a \
                      WHERE a.attrelid = x.indexrelid) \
                 FROM pg_index x WHERE x.indrelid = '{table}'::regclass AND NOT x.indisprimary ORDER BY 1"
            ),
            Dialect::MariaDb => format!(
                "SELECT concat(if(non_unique, '', 'unique '), group_concat(column_name ORDER BY seq_in_index)) \
                 FROM information_schema.statistics WHERE table_schema = database() \
                 AND table_name = '{table}' AND index_name <> 'PRIMARY' GROUP BY index_name, non_unique ORDER BY 1"
            ),
        };
        let rows = texts(self.test.store(), self.acme.place(), &sql, &[], 1).await;
        let mut found: Vec<_> =
            rows.into_iter().map(|row| row[0].clone().unwrap().replace(",id", "")).collect();
        found.sort();
        found
    }

    /// The names of the changes that were made, oldest first, with how many of them are not finished.
    pub(crate) async fn history(&self) -> (Vec<String>, i64) {
        let sql = "SELECT name FROM schema_migrations WHERE tenant_id = ? ORDER BY created_at";
        let id = [self.acme.id.as_uuid()];
        let names = texts(self.test.store(), self.acme.place(), sql, &id, 1).await;
        let open = "SELECT count(*) FROM schema_migrations WHERE tenant_id = ? AND finished_at IS NULL";
        let open = number(self.test.store(), self.acme.place(), open, &id).await;
        (names.into_iter().map(|row| row[0].clone().unwrap()).collect(), open)
    }

    pub(crate) async fn close(self) {
        self.test.remove().await.unwrap();
    }
}

fn read_patch(patch: Json) -> CollectionPatch {
    let fields = patch.get("fields").map(|fields| {
        let read = |field: &Json| {
            let mut field = field.clone();
            let renamed_from = field.as_object_mut().unwrap().remove("renamed_from");
            FieldPatch {
                field: serde_json::from_value::<NewField>(field).unwrap(),
                renamed_from: renamed_from.map(|from| from.as_str().unwrap().to_owned()),
            }
        };
        fields.as_array().unwrap().iter().map(read).collect()
    });
    let part = |name: &str| patch.get(name).cloned();
    CollectionPatch {
        name: part("name").map(|name| serde_json::from_value(name).unwrap()),
        fields,
        drop_fields: part("drop_fields")
            .map(|names| serde_json::from_value(names).unwrap())
            .unwrap_or_default(),
        indexes: part("indexes").map(|indexes| serde_json::from_value(indexes).unwrap()),
        rules: part("rules").map(|rules| serde_json::from_value(rules).unwrap()),
    }
}

/// What was refused, place by place.
pub(crate) fn faults<T: std::fmt::Debug>(refused: Result<T, CollectionError>) -> Vec<(String, &'static str)> {
    match refused {
        Err(CollectionError::Invalid(invalid)) => {
            invalid.details().iter().map(|detail| (detail.pointer.clone(), detail.code)).collect()
        }
        other => panic!("{other:?}"),
    }
}

/// One field of each type.
pub(crate) fn every_type() -> Vec<Json> {
    vec![
        json!({"name": "a_text", "type": "text"}),
        json!({"name": "short_text", "type": "text", "max_length": 20}),
        json!({"name": "an_int", "type": "int"}),
        json!({"name": "a_float", "type": "float"}),
        json!({"name": "a_decimal", "type": "decimal", "scale": 3}),
        json!({"name": "a_bool", "type": "bool"}),
        json!({"name": "a_date", "type": "date"}),
        json!({"name": "a_datetime", "type": "datetime"}),
        json!({"name": "a_json", "type": "json"}),
        json!({"name": "a_select", "type": "select", "options": ["G", "PG", "it's"]}),
        json!({"name": "an_email", "type": "email"}),
        json!({"name": "a_url", "type": "url"}),
        json!({"name": "a_uuid", "type": "uuid"}),
        json!({"name": "a_rich_text", "type": "rich_text"}),
        json!({"name": "a_multi_select", "type": "multi_select", "options": ["x", "it's", "\\ ?"]}),
        json!({"name": "a_geo_point", "type": "geo_point"}),
        json!({"name": "a_vector", "type": "vector", "dimensions": 3}),
    ]
}

/// Whether values of the field's type can be equal, so that it can be unique, sorted by and indexed.
pub(crate) fn is_comparable(field: &Json) -> bool {
    !["json", "rich_text", "multi_select", "geo_point", "vector"].contains(&field["type"].as_str().unwrap())
}

/// A value for each field of [`every_type`], the `n`th of three.
pub(crate) fn value(field: &Json, n: usize) -> Json {
    let pick = |values: [Json; 3]| values[n].clone();
    match field["type"].as_str().unwrap() {
        "text" => pick([json!("o'clock \\ \"x\" ?"), json!("é\u{1f600}\n"), json!("")]),
        "int" => pick([json!(i64::MAX), json!(i64::MIN), json!(0)]),
        "float" => pick([json!(1.5e300), json!(-0.1), json!(5.0)]),
        "decimal" => pick([json!("999999999999999.999"), json!("-0.001"), json!("12.500")]),
        "bool" => pick([json!(true), json!(false), json!(true)]),
        "date" => pick([json!("2024-02-29"), json!("0001-01-01"), json!("9999-12-31")]),
        "datetime" => pick([
            json!("2026-11-23T12:00:00.123456Z"),
            json!("0001-01-01T00:00:00.000000Z"),
            json!("9999-12-31T23:59:59.999999Z"),
        ]),
        "json" => pick([json!({"b": [1, {"a": null}], "a": "it's \\ ?"}), json!("text"), json!([])]),
        "select" => pick([json!("G"), json!("PG"), json!("it's")]),
        "email" => pick([json!("a@example.com"), json!("o'neil@example.com"), json!("b@example.com")]),
        "url" => {
            pick([json!("https://example.com/?a=b"), json!("mailto:a@b.c"), json!("https://é.example/")])
        }
        "uuid" => pick([
            json!("01890a5d-ac96-774b-bcce-b302099a8057"),
            json!("00000000-0000-0000-0000-000000000000"),
            json!("ffffffff-ffff-ffff-ffff-ffffffffffff"),
        ]),
        "rich_text" => pick([json!("<p>it's</p>"), json!("é\u{1f600} &amp; ?"), json!("")]),
        "multi_select" => pick([json!(["it's", "x"]), json!([]), json!(["\\ ?"])]),
        "geo_point" => pick([
            json!({"lat": 52.52, "lon": 13.405}),
            json!({"lat": -90.0, "lon": 180.0}),
            json!({"lat": 0.1, "lon": -0.25}),
        ]),
        "vector" => pick([json!([1.0, -0.5, 0.25]), json!([0.0, 3.0e38, -1.0e-38]), json!([0.0, 0.0, 0.0])]),
        other => panic!("{other}"),
    }
}

fn with(field: &Json, settings: Json) -> Json {
    let mut field = field.clone();
    field.as_object_mut().unwrap().extend(settings.as_object().unwrap().clone());
    field
}

#[tokio::test]
async fn every_type_as_required_unique_default_and_nullable() {
    let shop = Workshop::open().await;
    for (at, field) in every_type().iter().enumerate() {
        let (name, unique) = (field["name"].as_str().unwrap(), is_comparable(field));
        let required = format!("required{at}");
        shop.create(
            json!({"name": required, "fields": [with(field, json!({"required": true, "unique": unique}))]}),
        )
        .await
        .unwrap();
        shop.add(&required, json!({name: value(field, 0)})).await;
        let scope = shop.scope().await;
        let records = scope.records(&required).unwrap();
        let send = async |body: Json| {
            let input = records.input(body.to_string().as_bytes())?;
            records.create(input, None).await
        };
        assert!(send(json!({})).await.is_err() && send(json!({name: null})).await.is_err(), "{name}");
        let same = send(json!({name: value(field, 0)})).await;
        assert_eq!(same.is_err(), unique, "{name} {same:?}");
        shop.add(&required, json!({name: value(field, 1)})).await;

        let settled = format!("settled{at}");
        let default = json!({"default": value(field, 0), "nullable": false});
        shop.create(json!({"name": settled, "fields": [with(field, default)]})).await.unwrap();
        assert_eq!(shop.add(&settled, json!({})).await[name], value(field, 0), "{name}");

        let open = format!("open{at}");
        shop.create(json!({"name": open, "fields": [with(field, json!({"unique": unique}))]})).await.unwrap();
        shop.add(&open, json!({})).await;
        assert_eq!(shop.add(&open, json!({name: null})).await[name], Json::Null, "nulls are never the same");
    }
    shop.close().await;
}

#[tokio::test]
async fn a_new_field_has_its_default_in_the_records_that_are_there() {
    let shop = Workshop::open().await;
    for n in 0..3 {
        let name = format!("things{n}");
        shop.create(json!({"name": name, "fields": [{"name": "kept", "type": "int"}]})).await.unwrap();
        shop.add(&name, json!({"kept": 1})).await;
        let mut fields = vec![json!({"name": "kept", "type": "int"})];
        for field in every_type() {
            fields.push(with(&field, json!({"default": value(&field, n), "nullable": n == 1})));
        }
        fields.push(json!({"name": "bare", "type": "text"}));
        shop.alter(&name, json!({"fields": fields})).await.unwrap();
        let record = &shop.all(&name).await[0];
        assert_eq!((&record["kept"], &record["bare"]), (&json!(1), &Json::Null));
        for field in every_type() {
            let field_name = field["name"].as_str().unwrap();
            assert_eq!(record[field_name], value(&field, n), "{field_name}");
        }
    }
    // A field without a value for them is refused while there are any.
    let fields = json!([{"name": "kept", "type": "int"}, {"name": "more", "type": "int", "required": true}]);
    shop.create(json!({"name": "plain", "fields": [{"name": "kept", "type": "int"}]})).await.unwrap();
    shop.alter("plain", json!({"fields": fields})).await.unwrap();
    shop.add("plain", json!({"more": 1})).await;
    let fields = json!([{"name": "kept", "type": "int"}, {"name": "more", "type": "int", "required": true},
        {"name": "again", "type": "int", "required": true}]);
    let refused = shop.alter("plain", json!({"fields": fields})).await;
    assert!(matches!(refused, Err(CollectionError::Records(_))), "{refused:?}");
    shop.close().await;
}

#[tokio::test]
async fn a_rename_keeps_values_indexes_and_records() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "title", "type": "text", "unique": true}, {"name": "Year", "type": "int"}]);
    let indexes = json!([{"fields": ["Year", "title"]}]);
    let made = shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes})).await.unwrap();
    shop.add("movies", json!({"title": "Heat", "Year": 1995})).await;
    assert_eq!(shop.indexes("movies").await, ["Year,title", "unique title"]);

    let fields = json!([{"name": "name", "type": "text", "unique": true, "renamed_from": "title"},
        {"name": "year", "type": "int", "renamed_from": "Year"}]);
    let patch = json!({"name": "films", "fields": fields});
    let altered = shop.alter("movies", patch).await.unwrap();
    assert_eq!((altered.id(), altered.created_at()), (made.id(), made.created_at()));
    assert_eq!(shop.all("films").await, [json!({"name": "Heat", "year": 1995})]);
    assert_eq!(shop.indexes("films").await, ["unique name", "year,name"]);
    let scope = shop.scope().await;
    assert!(scope.tenant().collection("movies").is_none());
    let (names, open) = shop.history().await;
    assert_eq!((names, open), (vec!["create movies".to_owned(), "alter movies".to_owned()], 0));

    shop.create(json!({"name": "movies"})).await.unwrap();
    let taken = shop.alter("films", json!({"name": "movies"})).await;
    assert!(matches!(taken, Err(CollectionError::NameTaken)), "{taken:?}");
    assert_eq!(shop.all("films").await.len(), 1);
    shop.close().await;
}

#[tokio::test]
async fn a_field_goes_only_if_it_is_named() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "title", "type": "text"}, {"name": "year", "type": "int", "unique": true},
        {"name": "note", "type": "text"}]);
    let indexes = json!([{"fields": ["title", "year"]}]);
    shop.create(json!({"name": "movies", "fields": fields, "indexes": indexes})).await.unwrap();
    shop.add("movies", json!({"title": "Heat", "year": 1995, "note": "x"})).await;
    let left = json!([{"name": "title", "type": "text"}]);
    let forgotten = shop.alter("movies", json!({"fields": left, "indexes": []})).await;
    assert_eq!(faults(forgotten), [("/fields".into(), "dropped_field"), ("/fields".into(), "dropped_field")]);
    let unknown = shop.alter("movies", json!({"drop_fields": ["nope"]})).await;
    assert_eq!(faults(unknown), [("/drop_fields/0".into(), "unknown_field")]);
    let in_use = shop.alter("movies", json!({"drop_fields": ["year"]})).await;
    assert_eq!(faults(in_use), [("/indexes/0/fields/1".into(), "unknown_field")]);

    let patch = json!({"fields": left, "drop_fields": ["year", "note"], "indexes": [{"fields": ["title"]}]});
    shop.alter("movies", patch).await.unwrap();
    assert_eq!(shop.all("movies").await, [json!({"title": "Heat"})]);
    assert_eq!(shop.indexes("movies").await, ["title"]);
    // It may come back, empty.
    let fields = json!([{"name": "title", "type": "text"}, {"name": "year", "type": "text"}]);
    shop.alter("movies", json!({"fields": fields})).await.unwrap();
    assert_eq!(shop.all("movies").await, [json!({"title": "Heat", "year": null})]);
    shop.alter("movies", json!({"drop_fields": ["year"]})).await.unwrap();
    assert_eq!(shop.all("movies").await, [json!({"title": "Heat"})]);
    shop.close().await;
}

/// Two columns of one name, in any spelling, cannot be there at once, and a name that means one column before the
/// change and another one after it could not be told apart when an interrupted change is finished.
#[tokio::test]
async fn a_name_means_one_field_throughout_a_change() {
    let shop = Workshop::open().await;
    let fields = json!([{"name": "title", "type": "text"}, {"name": "Year", "type": "int"}]);
    shop.create(json!({"name": "movies", "fields": fields})).await.unwrap();
    shop.add("movies", json!({"title": "Heat", "Year": 1995})).await;
    let reused = json!([{"name": "name", "type": "text", "renamed_from": "title"},
        {"name": "title", "type": "int"}, {"name": "Year", "type": "int"}]);
    assert_eq!(
        faults(shop.alter("movies", json!({"fields": reused})).await),
        [("/fields/1/name".into(), "duplicate")]
    );
    let respelt = json!([{"name": "title", "type": "text"}, {"name": "year", "type": "text"}]);
    let patch = json!({"fields": respelt, "drop_fields": ["Year"]});
    assert_eq!(faults(shop.alter("movies", patch).await), [("/fields/1/name".into(), "duplicate")]);
    let onto = json!([{"name": "year", "type": "text", "renamed_from": "title"}]);
    let patch = json!({"fields": onto, "drop_fields": ["Year"]});
    assert_eq!(faults(shop.alter("movies", patch).await), [("/fields/0/renamed_from".into(), "duplicate")]);
    assert_eq!(shop.all("movies").await, [json!({"title": "Heat", "Year": 1995})]);
    shop.close().await;
}

#[tokio::test]
async fn a_change_that_the_records_contradict_changes_nothing() {
    let shop = Workshop::open().await;
    let fields = json!([
        {"name": "title", "type": "text", "default": "no"},
        {"name": "kind", "type": "select", "options": ["a", "b", "c"]},
        {"name": "year", "type": "int"},
    ]);
    shop.create(json!({"name": "movies", "fields": fields, "indexes": [{"fields": ["year"]}]}))
        .await
        .unwrap();
    shop.add("movies", json!({"title": "Heat", "kind": "a", "year": 1})).await;
    shop.add("movies", json!({"title": "Heat", "kind": "b", "year": null})).await;
    shop.add("movies", json!({"title": null, "kind": null, "year": 2})).await;
    let before = (shop.all("movies").await, shop.indexes("movies").await, shop.history().await);
    let fields = |title: Json, kind: Json, year: Json| {
        json!({"fields": [
            with(&json!({"name": "title", "type": "text", "default": "no"}), title),
            with(&json!({"name": "kind", "type": "select", "options": ["a", "b", "c"]}), kind),
            with(&json!({"name": "year", "type": "int"}), year),
        ]})
    };
    let none = || json!({});
    let extra =
        with(&fields(none(), none(), none()), json!({"indexes": [{"fields": ["title"], "unique": true}]}));
    let dropping = json!({
        "fields": [{"name": "title", "type": "text", "unique": true}, {"name": "extra", "type": "int", "default": 5},
            {"name": "age", "type": "int", "renamed_from": "year"}],
        "drop_fields": ["kind"],
    });
    for patch in [
        fields(json!({"unique": true}), none(), none()),
        fields(json!({"max_length": 3}), none(), none()),
        fields(none(), json!({"options": ["a", "c"]}), none()),
        fields(none(), none(), json!({"nullable": false, "required": true})),
        extra,
        dropping,
    ] {
        let refused = shop.alter("movies", patch.clone()).await;
        assert!(matches!(refused, Err(CollectionError::Records(_))), "{patch} {refused:?}");
        let after = (shop.all("movies").await, shop.indexes("movies").await, shop.history().await);
        assert_eq!(after, before, "{patch}");
    }
    // What the records agree with goes.
    let fitting = fields(json!({"max_length": 4}), json!({"options": ["b", "a"]}), none());
    shop.alter("movies", fitting).await.unwrap();
    assert_eq!(shop.all("movies").await, before.0);
    shop.close().await;
}

/// Of its types MariaDB changes the column, which an index may stand on.
#[tokio::test]
async fn a_text_grows_and_shrinks_under_its_indexes() {
    let shop = Workshop::open().await;
    let fields = |most: Json| {
        let text = |name: &str, unique: bool| {
            with(&json!({"name": name, "type": "text", "unique": unique}), json!({"max_length": most}))
        };
        json!([text("one", true), text("two", false), text("three", false)])
    };
    let indexes = json!([{"fields": ["two"]}, {"fields": ["two", "three"]}, {"fields": ["three", "one"], "unique": true}]);
    shop.create(json!({"name": "notes", "fields": fields(json!(100)), "indexes": indexes})).await.unwrap();
    shop.add("notes", json!({"one": "a", "two": "b", "three": "c"})).await;
    let before = (shop.all("notes").await, shop.indexes("notes").await);
    for most in [json!(700), Json::Null, json!(768), json!(1000), json!(10), json!(191), json!(1)] {
        shop.alter("notes", json!({"fields": fields(most.clone())})).await.unwrap();
        assert_eq!((shop.all("notes").await, shop.indexes("notes").await), before, "{most}");
    }
    shop.close().await;
}

#[tokio::test]
async fn indexes_are_made_and_go_with_the_design() {
    let shop = Workshop::open().await;
    let mut fields: Vec<Json> = every_type();
    fields.retain(is_comparable);
    let names: Vec<_> = fields.iter().map(|field| field["name"].as_str().unwrap().to_owned()).collect();
    let single = names.iter().map(|name| json!({"fields": [name]}));
    let wide = names.iter().map(String::as_str).chain(["created_at", "id"]).collect::<Vec<_>>();
    let indexes: Vec<_> =
        single.chain([json!({"fields": wide}), json!({"fields": wide, "unique": true})]).collect();
    shop.create(json!({"name": "things", "fields": fields, "indexes": indexes})).await.unwrap();
    let mut expected: Vec<_> = names.clone();
    expected
        .extend([names.join(",") + ",created_at", "unique ".to_owned() + &names.join(",") + ",created_at"]);
    expected.sort();
    let mut found = shop.indexes("things").await;
    found.sort();
    assert_eq!(found, expected);
    shop.alter("things", json!({"indexes": [{"fields": ["updated_at"]}]})).await.unwrap();
    assert_eq!(shop.indexes("things").await, ["updated_at"]);
    shop.close().await;
}

#[tokio::test]
async fn faults_of_rules_and_defaults_are_named_with_their_places() {
    let shop = Workshop::open().await;
    let collection = json!({
        "name": "movies",
        "fields": [{"name": "title", "type": "text"}, {"name": "year", "type": "int", "default": "x"},
            {"name": "kind", "type": "select", "options": ["a"], "default": "b"}],
        "rules": {"list": "titel == 'x'", "view": "true", "create": "title ==", "update": "year"},
    });
    let mut found = faults(shop.create(collection).await);
    found.sort();
    let expected = [
        ("/fields/1/default", "invalid_value"),
        ("/fields/2/default", "invalid_value"),
        ("/rules/create", "invalid_rule"),
        ("/rules/list", "invalid_rule"),
        ("/rules/update", "invalid_rule"),
    ];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    assert_eq!(shop.history().await, (Vec::new(), 0));

    let fields = json!([{"name": "title", "type": "text"}]);
    let rules = json!({"list": "title == 'x'"});
    shop.create(json!({"name": "movies", "fields": fields, "rules": rules})).await.unwrap();
    let fields = json!([{"name": "name", "type": "text", "renamed_from": "title", "default": 5}]);
    let mut found = faults(shop.alter("movies", json!({"fields": fields})).await);
    found.sort();
    let expected = [("/fields/0/default", "invalid_value"), ("/rules/list", "invalid_rule")];
    assert_eq!(found, expected.map(|(pointer, code)| (pointer.to_owned(), code)));
    let (names, open) = shop.history().await;
    assert_eq!((names.len(), open), (1, 0));
    shop.close().await;
}

#[tokio::test]
async fn a_collection_as_wide_as_may_be() {
    let shop = Workshop::open().await;
    for (name, settings) in [
        ("texts", json!({"type": "text"})),
        ("tiny", json!({"type": "text", "max_length": 10})),
        ("short", json!({"type": "text", "max_length": 60})),
        ("middling", json!({"type": "text", "max_length": 255})),
        ("long", json!({"type": "text", "max_length": 768})),
        ("selects", json!({"type": "select", "options": ["a"]})),
        ("emails", json!({"type": "email"})),
        ("uuids", json!({"type": "uuid"})),
    ] {
        let fields: Vec<_> =
            (0..200).map(|at| with(&json!({"name": format!("f{at}")}), settings.clone())).collect();
        let made = shop.create(json!({"name": name, "fields": fields})).await;
        // A row of MariaDB has no room for so many, and says so.
        let wide = ["middling", "long", "selects", "emails"].contains(&name);
        if wide && shop.test.store().dialect() == Dialect::MariaDb {
            assert_eq!(faults(made), [("/fields".into(), "too_wide")]);
            continue;
        }
        made.unwrap_or_else(|error| panic!("{name} {error:?}"));
        shop.add(name, json!({})).await;
    }
    let text = "x".repeat(2000);
    let full: serde_json::Map<_, _> = (0..200).map(|at| (format!("f{at}"), json!(text))).collect();
    shop.add("texts", Json::Object(full)).await;
    let full: serde_json::Map<_, _> = (0..200).map(|at| (format!("f{at}"), json!("x".repeat(60)))).collect();
    shop.add("short", Json::Object(full)).await;
    shop.close().await;
}

#[tokio::test]
async fn a_deleted_collection_is_gone_with_its_table() {
    let shop = Workshop::open().await;
    let made =
        shop.create(json!({"name": "movies", "fields": [{"name": "title", "type": "text"}]})).await.unwrap();
    shop.add("movies", json!({"title": "Heat"})).await;
    let scope = shop.scope().await;
    let permit = scope.permit::<CollectionsWrite>().unwrap();
    scope.delete_collection(&permit, &made.id().to_string()).await.unwrap();
    let scope = shop.scope().await;
    assert!(scope.records("movies").is_err());
    let gone = scope.delete_collection(&permit, "movies").await;
    assert!(matches!(gone, Err(CollectionError::NotFound)), "{gone:?}");
    let catalogue = match shop.test.store().dialect() {
        Dialect::Sqlite => "sqlite_schema WHERE name",
        Dialect::Postgres => "information_schema.tables WHERE table_name",
        Dialect::MariaDb => "information_schema.tables WHERE table_schema = database() AND table_name",
    };
    let sql = format!("SELECT count(*) FROM {catalogue} = 'c_{}'", made.id().as_uuid().simple());
    assert_eq!(number(shop.test.store(), shop.acme.place(), &sql, &[]).await, 0);
    assert_eq!(rows_of(shop.test.store(), &shop.acme, "collections").await, 0);
    shop.create(json!({"name": "movies"})).await.unwrap();
    assert!(shop.all("movies").await.is_empty());
    shop.close().await;
}

#[tokio::test]
async fn who_may_not_change_collections_does_not() {
    let shop = Workshop::open().await;
    shop.create(json!({"name": "movies"})).await.unwrap();
    let twice = shop.create(json!({"name": "movies"})).await;
    assert!(matches!(twice, Err(CollectionError::NameTaken)), "{twice:?}");
    let reader =
        shop.acme.key(KeyKind::Secret, Some(&["collections:read"])).await.unwrap().scope().await.unwrap();
    assert_eq!(reader.collections(&reader.permit().unwrap()).len(), 1);
    assert_eq!(reader.permit::<CollectionsWrite>().unwrap_err(), Denied { needs: "collections:write" });
    test_repetition(&shop).await;
    shop.close().await;
}

async fn test_repetition(shop: &Workshop) {
    let scope = shop.scope().await;
    let permit = scope.permit().unwrap();
    let render: fn(&Collection) -> Vec<u8> = |made| made.id().to_string().into_bytes();
    let ask = |body: &str| Some(Once { key: once(scope.actor(), "k", body), render });
    let new = |name: &str| NewCollection { name: name.to_owned(), ..NewCollection::default() };
    let Outcome::Fresh(made) = scope.create_collection(&permit, new("films"), ask("a")).await.unwrap() else {
        panic!("the first is no repetition")
    };
    let again = scope.create_collection(&permit, new("films"), ask("a")).await.unwrap();
    assert!(matches!(again, Outcome::Replayed(body) if body == made.id().to_string().as_bytes()));
    let other = scope.create_collection(&permit, new("books"), ask("b")).await;
    assert!(matches!(other, Err(CollectionError::KeyReused(_))), "{other:?}");
    assert_eq!(shop.history().await.1, 0);
    assert!(shop.scope().await.tenant().collection("books").is_none());
}

/// Others work with the tenant while its design changes: nobody takes the change for one that was interrupted.
#[tokio::test(flavor = "multi_thread")]
async fn racing_changes_and_requests_meet_no_fault() {
    let shop = Workshop::open().await;
    let elsewhere = shop.test.another_process().await.unwrap();
    let (end, ended) = tokio::sync::watch::channel(false);
    let others: Vec<_> = (0..3)
        .map(|_| {
            let (platform, slug, ended) = (elsewhere.clone(), shop.acme.slug.clone(), ended.clone());
            let test_clock = std::sync::Arc::clone(&shop.test.clock);
            tokio::spawn(async move {
                while !*ended.borrow() {
                    test_clock.advance(1);
                    neonex_testkit::enter(&platform, None, Some(&slug)).await.unwrap();
                    // Embedded nothing is waited for there, and others have work to do on this thread.
                    tokio::task::yield_now().await;
                }
            })
        })
        .collect();
    for number in 0..8 {
        let name = format!("movies{number}");
        let fields = json!([{"name": "title", "type": "text"}]);
        shop.create(json!({"name": name, "fields": fields})).await.unwrap();
        let fields = json!([{"name": "name", "type": "text", "renamed_from": "title", "unique": true},
            {"name": "year", "type": "int", "default": 1}]);
        shop.alter(&name, json!({"fields": fields})).await.unwrap();
        shop.add(&name, json!({"name": "Heat"})).await;
    }
    end.send(true).unwrap();
    for other in others {
        other.await.unwrap();
    }
    assert_eq!(shop.history().await.1, 0);
    shop.close().await;
}

/// Where DDL is not transactional a change may be interrupted at any statement. It is finished by the next who loads
/// the tenant.
#[tokio::test]
async fn an_interrupted_change_is_finished() {
    let shop = Workshop::open().await;
    if shop.test.store().dialect() != Dialect::MariaDb {
        return shop.close().await;
    }
    let fields = json!([{"name": "title", "type": "text", "max_length": 50}, {"name": "year", "type": "int"},
        {"name": "note", "type": "text"}]);
    let indexes = json!([{"fields": ["title"]}]);
    shop.create(json!({"name": "model", "fields": fields, "indexes": indexes})).await.unwrap();
    let after = json!({
        "name": "films",
        "fields": [{"name": "name", "type": "text", "unique": true, "renamed_from": "title"},
            {"name": "year", "type": "int"}, {"name": "stars", "type": "int", "default": 3, "nullable": false}],
        "drop_fields": ["note"],
    });
    shop.alter("model", after).await.unwrap();
    let place = shop.acme.place();
    let select = "SELECT before_definition, after_definition, statements FROM schema_migrations \
                  WHERE name = 'alter model'";
    let rows = texts(shop.test.store(), place, select, &[], 3).await;
    let [Some(before), Some(definition), Some(statements)] = rows[0].as_slice() else { panic!("{rows:?}") };
    let model = shop.scope().await.tenant().collection("films").unwrap().id();
    let count = forward(statements).len();
    assert!(count >= 5, "{statements}");

    for done in 0..=count {
        let name = format!("movies{done}");
        let made = shop.create(json!({"name": name, "fields": fields, "indexes": indexes})).await.unwrap();
        shop.add(&name, json!({"title": "Heat", "year": 1995, "note": "x"})).await;
        let here = |text: &str| {
            text.replace(&model.as_uuid().simple().to_string(), &made.id().as_uuid().simple().to_string())
                .replace("\"films\"", &format!("\"films{done}\""))
        };
        let all = forward(&here(statements));
        let migration = uuid::Uuid::from_u128(done as u128 + 1);
        let quoted = |text: &str| text.replace('\\', "\\\\").replace('\'', "\\'");
        let begun = format!(
            "INSERT INTO schema_migrations (tenant_id, id, collection_id, name, before_definition, \
             after_definition, statements, actor, created_at) VALUES (?, ?, ?, 'x', '{}', '{}', '{}', 'x', 1)",
            quoted(&here(before)),
            quoted(&here(definition)),
            quoted(&here(statements)),
        );
        let ids = vec![shop.acme.id.as_uuid(), migration, made.id().as_uuid()];
        let run = all.iter().take(done).map(|sql| (sql.clone(), Vec::new()));
        execute(shop.test.store(), place, std::iter::once((begun, ids)).chain(run).collect()).await;

        let elsewhere = shop.test.another_process().await.unwrap();
        let scope = neonex_testkit::enter(&elsewhere, None, Some("acme")).await.unwrap();
        assert!(scope.tenant().collection(&format!("films{done}")).is_some(), "after {done} statements");
        assert_eq!(shop.history().await.1, 0, "after {done} statements");
        // Two for the model, then one for making this one and one for changing it.
        let told = rows_of(shop.test.store(), &shop.acme, "schema_history").await;
        assert_eq!(usize::try_from(told), Ok(2 * (done + 2)), "after {done} statements");
        shop.test.clock.advance(1);
        let found = shop.all(&format!("films{done}")).await;
        assert_eq!(found, [json!({"name": "Heat", "year": 1995, "stars": 3})], "after {done} statements");
        assert_eq!(shop.indexes(&format!("films{done}")).await, ["name", "unique name"]);
    }
    shop.close().await;
}

/// A change that was interrupted before the database found out that the records contradict it does not keep the tenant
/// from being loaded.
#[tokio::test]
async fn an_interrupted_change_that_the_records_contradict_is_taken_back() {
    let shop = Workshop::open().await;
    if shop.test.store().dialect() != Dialect::MariaDb {
        return shop.close().await;
    }
    let fields = json!([{"name": "title", "type": "text", "default": "x"}]);
    for name in ["model", "movies"] {
        shop.create(json!({"name": name, "fields": fields})).await.unwrap();
    }
    for title in [json!("Heat"), json!("Heat"), Json::Null] {
        shop.add("movies", json!({"title": title})).await;
    }
    let unique = json!([{"name": "name", "type": "text", "default": "x", "unique": true, "renamed_from": "title"},
        {"name": "year", "type": "int", "default": 1}]);
    shop.alter("model", json!({"fields": unique})).await.unwrap();
    let scope = shop.scope().await;
    let id = |name: &str| scope.tenant().collection(name).unwrap().id().as_uuid();
    let (model, movies) = (id("model"), id("movies"));
    let table = |id: uuid::Uuid| id.simple().to_string();
    let before = (shop.all("movies").await, shop.indexes("movies").await, shop.history().await);
    let told = rows_of(shop.test.store(), &shop.acme, "schema_history").await;
    let begun = format!(
        "INSERT INTO schema_migrations SELECT tenant_id, ?, ?, name, before_definition, after_definition, \
         replace(statements, '{}', '{}'), actor, created_at, NULL FROM schema_migrations WHERE name = 'alter model'",
        table(model),
        table(movies),
    );
    let ids = vec![uuid::Uuid::from_u128(1), movies];
    execute(shop.test.store(), shop.acme.place(), vec![(begun, ids)]).await;
    let elsewhere = shop.test.another_process().await.unwrap();
    let scope = neonex_testkit::enter(&elsewhere, None, Some("acme")).await.unwrap();
    assert!(scope.tenant().collection("movies").is_some());
    assert_eq!((shop.all("movies").await, shop.indexes("movies").await, shop.history().await), before);
    assert_eq!(rows_of(shop.test.store(), &shop.acme, "schema_history").await, told);
    shop.close().await;
}

/// The statements of a recorded change.
fn forward(recorded: &str) -> Vec<String> {
    let recorded: Json = serde_json::from_str(recorded).unwrap();
    serde_json::from_value(recorded["forward"].clone()).unwrap()
}
