//! Bodies, with the names of one side in them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use super::names::Names;
use super::own::UNIQUE;

pub(super) fn tenant(names: &Names) -> Value {
    json!({"slug": names.slug, "name": names.value})
}

pub(super) fn tenant_name(names: &Names) -> Value {
    json!({"name": names.value})
}

pub(super) fn tenant_slug(names: &Names) -> Value {
    json!({"slug": names.slug})
}

pub(super) fn key(names: &Names) -> Value {
    json!({"name": names.key_name, "kind": "publishable"})
}

pub(super) fn key_with_scopes(names: &Names) -> Value {
    json!({"name": names.key_name, "kind": "secret", "scopes": [names.value]})
}

pub(super) fn rotation(_: &Names) -> Value {
    json!({})
}

/// One that says all that a collection can say.
pub(super) fn collection(names: &Names) -> Value {
    let kept = format!("{} == '{}'", names.field, names.value);
    json!({
        "name": names.collection_name,
        "fields": [
            {"name": names.field, "type": "select", "options": [names.value], "default": names.value},
            {"name": "note", "type": "text"},
        ],
        "indexes": [{"fields": [names.field]}, {"fields": [names.field], "where": kept}],
        "rules": {"list": kept, "view": kept, "create": kept, "update": kept, "delete": kept},
        "history": {"days": 30},
    })
}

pub(super) fn collection_of_unknown_fields(names: &Names) -> Value {
    json!({
        "name": "fresh",
        "indexes": [{"fields": [names.field], "where": format!("{} == '{}'", names.field, names.value)}],
        "rules": {"list": format!("{} == '{}'", names.field, names.value)},
    })
}

pub(super) fn view(names: &Names) -> Value {
    json!({
        "name": "fresh_view",
        "view": {
            "collection": names.collection,
            "filter": format!("{} == '{}'", names.field, names.value),
            "fields": [names.field, {"name": "copy", "path": names.field}],
        },
        "rules": {"list": format!("{} == '{}'", names.field, names.value)},
    })
}

pub(super) fn view_of_groups(names: &Names) -> Value {
    json!({
        "name": "fresh_view",
        "view": {"collection": names.collection_name, "group_by": [names.field], "calculate": ["count"]},
    })
}

pub(super) fn collection_as_view(names: &Names) -> Value {
    json!({"view": {"collection": names.collection, "fields": [names.field]}})
}

pub(super) fn collection_name(names: &Names) -> Value {
    json!({"name": names.collection_name})
}

pub(super) fn collection_fields(names: &Names) -> Value {
    let renamed = json!({"name": "title", "type": "text", "renamed_from": names.field});
    json!({"fields": [renamed], "drop_fields": [names.field], "indexes": [{"fields": [names.field]}]})
}

pub(super) fn collection_rules(names: &Names) -> Value {
    json!({"rules": {"list": format!("{} == '{}'", names.field, names.value)}})
}

/// What the rules say of a new record.
pub(super) fn rules_of_new(names: &Names) -> Value {
    json!({"collection": names.collection, "as": {"anonymous": true}, "input": {"title": names.value}})
}

pub(super) fn rules_of_record(names: &Names) -> Value {
    json!({"collection": "users", "as": {"anonymous": true}, "record": names.user})
}

pub(super) fn rules_as_user(names: &Names) -> Value {
    json!({"collection": "users", "as": {"user": names.user}})
}

pub(super) fn rules_as_key(names: &Names) -> Value {
    json!({"collection": "users", "as": {"key": names.key}})
}

pub(super) fn rules_of_unknown_field(names: &Names) -> Value {
    let input = json!({names.field.clone(): names.value});
    json!({"collection": "users", "as": {"anonymous": true}, "input": input})
}

pub(super) fn reversion(_: &Names) -> Value {
    json!({"to": "9999-12-31T00:00:00Z"})
}

pub(super) fn reversion_of_unknown_field(names: &Names) -> Value {
    json!({"to": "9999-12-31T00:00:00Z", "fields": [names.field]})
}

pub(super) fn record(names: &Names) -> Value {
    json!({"title": names.value})
}

/// With the value by which the record that is there is found.
pub(super) fn record_of_key(names: &Names) -> Value {
    json!({UNIQUE: UNIQUE, "title": names.value})
}

pub(super) fn record_of_unknown_field(names: &Names) -> Value {
    json!({names.field.clone(): names.value, "title": names.value})
}

pub(super) fn record_with_id(names: &Names) -> Value {
    json!({"id": names.record, "title": names.value})
}

pub(super) fn question(names: &Names) -> Value {
    json!({"filter": format!("title == '{}' || id == '{}'", names.value, names.record), "limit": 1})
}

pub(super) fn question_of_unknown_field(names: &Names) -> Value {
    json!({"sort": names.field, "fields": names.field})
}

pub(super) fn file(names: &Names) -> Value {
    json!([record(names)])
}

pub(super) fn file_of_unknown_field(names: &Names) -> Value {
    json!([record_of_unknown_field(names), record(names)])
}

pub(super) fn file_with_id(names: &Names) -> Value {
    json!([record_with_id(names)])
}

pub(super) fn batch(names: &Names) -> Value {
    json!({"operations": [{"method": "create", "collection": names.collection, "record": {"title": names.value}}]})
}

pub(super) fn batch_of_update(names: &Names) -> Value {
    existing("update", names, json!({"record": {"title": names.value}, "if_match": names.etag}))
}

pub(super) fn batch_of_upsert(names: &Names) -> Value {
    existing("upsert", names, json!({"record": {names.field.clone(): names.value}}))
}

/// By a key that is none in every tenant, or of a field that is another's.
pub(super) fn batch_of_upsert_by_key(names: &Names) -> Value {
    let record = json!({names.field.clone(): names.value, "title": names.value});
    let operation =
        json!({"method": "upsert", "collection": names.collection, "key": names.field, "record": record});
    json!({"operations": [operation]})
}

pub(super) fn batch_of_delete(names: &Names) -> Value {
    existing("delete", names, json!({}))
}

/// A batch of one operation on a record that is there.
fn existing(method: &str, names: &Names, rest: Value) -> Value {
    let mut operation = json!({"method": method, "collection": names.collection, "id": names.record});
    operation.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    json!({"operations": [operation]})
}

/// The password of every user.
pub(super) const PASSWORD: &str = "correct horse battery staple";

pub(super) fn sign_up(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email), "password": PASSWORD})
}

pub(super) fn sign_in(names: &Names) -> Value {
    json!({"email": names.email, "password": PASSWORD})
}

/// One that was made up: who has a real one is its user.
pub(super) fn refresh(names: &Names) -> Value {
    let id =
        |text: &str| uuid::Uuid::try_parse(text.rsplit('_').next().unwrap_or_default()).unwrap_or_default();
    let mut bytes = [id(&names.tenant).as_bytes().to_vec(), id(&names.session).as_bytes().to_vec()].concat();
    bytes.extend([0; 40]);
    json!({"refresh_token": format!("nx_ref_{}", URL_SAFE_NO_PAD.encode(bytes))})
}

pub(super) fn password(_: &Names) -> Value {
    json!({"password": PASSWORD, "new_password": PASSWORD})
}

/// A token that was made up.
pub(super) fn second_factor(_: &Names) -> Value {
    json!({"token": "nx_sf_0", "method": "totp", "code": "000000"})
}

/// An answer in a ceremony that was made up.
pub(super) fn passkey(_: &Names) -> Value {
    let response = json!({"clientDataJSON": "e30", "authenticatorData": "AA", "signature": "AA", "attestationObject": "AA"});
    json!({"id": "nx_one_0", "credential": {"id": "AA", "rawId": "AA", "type": "public-key", "response": response}})
}

pub(super) fn step_up(_: &Names) -> Value {
    json!({"method": "password", "password": PASSWORD})
}

pub(super) fn totp_factor(names: &Names) -> Value {
    json!({"name": names.value})
}

pub(super) fn code(_: &Names) -> Value {
    json!({"code": "000000"})
}

pub(super) fn auth_settings(names: &Names) -> Value {
    json!({"redirect_urls": [format!("https://{}", names.slug)]})
}

pub(super) fn user(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email)})
}

pub(super) fn user_roles(_: &Names) -> Value {
    json!({"roles": []})
}

pub(super) fn mail_wish(names: &Names) -> Value {
    json!({"email": names.email})
}

/// One that was made up: who has a real one is whom it was sent to.
pub(super) fn link_token(names: &Names) -> Value {
    json!({"token": format!("nx_one_{}", names.value)})
}

pub(super) fn password_reset(names: &Names) -> Value {
    json!({"token": format!("nx_one_{}", names.value), "password": PASSWORD})
}

pub(super) fn mail_code(names: &Names) -> Value {
    json!({"id": names.invitation, "code": "123456"})
}

pub(super) fn change_email(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email), "password": PASSWORD})
}

pub(super) fn invitation(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email)})
}

/// Tries are counted for the address alone, and for all who call alike; this one is refused before it is counted.
pub(super) fn sign_in_account(names: &Names) -> Value {
    json!({"email": names.email, "password": "x".repeat(1025)})
}

pub(super) fn account_token(names: &Names) -> Value {
    json!({"name": names.value})
}

pub(super) fn member(names: &Names) -> Value {
    json!({"role": names.role})
}

pub(super) fn member_invitation(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email), "role": names.role})
}

pub(super) fn role(names: &Names) -> Value {
    json!({"name": format!("new-{}", names.role), "description": names.value, "permissions": []})
}

pub(super) fn role_description(names: &Names) -> Value {
    json!({"description": names.value})
}

pub(super) fn template(names: &Names) -> Value {
    json!({"subject": names.value, "text": names.value})
}

pub(super) fn test_mail(names: &Names) -> Value {
    json!({"to": names.email})
}

/// One that is asked nowhere before somebody signs in by it.
pub(super) fn provider(names: &Names) -> Value {
    provider_named(&format!("new-{}", names.provider), &names.value)
}

pub(super) fn provider_named(name: &str, client: &str) -> Value {
    json!({
        "name": name, "kind": "oauth2", "client_id": client, "client_secret": client,
        "authorization_url": "https://idp.example/authorize", "token_url": "https://idp.example/token",
        "userinfo_url": "https://idp.example/user", "claims": {"subject": "/id", "email": "/email"},
    })
}

pub(super) fn provider_client(names: &Names) -> Value {
    json!({"client_id": names.value})
}

pub(super) fn provider_scopes(names: &Names) -> Value {
    json!({"scopes": [names.slug]})
}

pub(super) fn oauth(names: &Names) -> Value {
    let challenge = URL_SAFE_NO_PAD.encode([7; 32]);
    json!({"redirect_url": format!("https://{}", names.slug), "code_challenge": challenge})
}

/// One that was made up: who has a real one may use it.
pub(super) fn oauth_code(names: &Names) -> Value {
    json!({"code": format!("nx_one_{}", names.once), "code_verifier": names.value})
}

pub(super) fn imported_user(names: &Names) -> Value {
    json!({"email": format!("new-{}", names.email)})
}

pub(super) fn imported_user_with_id(names: &Names) -> Value {
    json!({"id": names.user, "email": format!("new-{}", names.email)})
}
