//! Users as other systems keep them, made into lines of an import of users (see [`crate::auth::UserImport`]).

use std::path::Path;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use serde_json::{Map, Value, json};

/// Users cannot be read from a file.
#[derive(Debug, thiserror::Error)]
pub enum ElsewhereError {
    /// The file is not what it was said to be.
    #[error("this is no file with users of {0}")]
    OtherFile(&'static str),
    /// There are several collections of users, and none was named, or there is none of that name.
    #[error("name the collection of users: there are {0}")]
    WhichCollection(String),
    /// The database cannot be read.
    #[error("the database cannot be read")]
    Database(#[from] rusqlite::Error),
}

/// Users of a `PocketBase`, from its `data.db`. Of their own fields those are kept that are named. Its ids are none of
/// ours, and are left out.
pub fn pocketbase(
    path: &Path,
    collection: Option<&str>,
    fields: &[String],
) -> Result<Vec<Value>, ElsewhereError> {
    let database = Connection::open_with_flags(path, OpenFlags::SQLITE_OPEN_READ_ONLY)?;
    let other = |_| ElsewhereError::OtherFile("PocketBase");
    let mut names = database
        .prepare("SELECT name FROM _collections WHERE type = 'auth' AND name <> '_superusers' ORDER BY name")
        .map_err(other)?;
    let names = names.query_map([], |row| row.get(0))?.collect::<Result<Vec<String>, _>>()?;
    let table = match (collection, names.as_slice()) {
        (Some(wanted), names) => names.iter().find(|name| *name == wanted),
        (None, [only]) => Some(only),
        (None, names) => names.iter().find(|name| *name == "users"),
    };
    let table = table.ok_or_else(|| ElsewhereError::WhichCollection(names.join(", ")))?;
    let mut all = database.prepare(&format!("SELECT * FROM \"{}\"", table.replace('"', "\"\"")))?;
    let columns: Vec<String> = all.column_names().into_iter().map(str::to_owned).collect();
    let mut rows = all.query([])?;
    let mut users = Vec::new();
    while let Some(row) = rows.next()? {
        let mut read = Map::new();
        for (at, column) in columns.iter().enumerate() {
            read.insert(column.clone(), value(row.get_ref(at)?));
        }
        users.push(pocketbase_user(&read, fields));
    }
    Ok(users)
}

fn value(stored: ValueRef<'_>) -> Value {
    match stored {
        ValueRef::Null | ValueRef::Blob(_) => Value::Null,
        ValueRef::Integer(number) => number.into(),
        ValueRef::Real(number) => number.into(),
        ValueRef::Text(text) => String::from_utf8_lossy(text).into_owned().into(),
    }
}

fn pocketbase_user(row: &Map<String, Value>, fields: &[String]) -> Value {
    // The name of the hash's column is that of a version before and after 0.23.
    let hash = text(row, "password").or_else(|| text(row, "passwordHash"));
    let verified = row.get("verified").is_some_and(|flag| *flag == 1 || *flag == true);
    line(&[
        ("email", text(row, "email").map(Value::from)),
        ("verified", Some(verified.into())),
        ("password_hash", hash.map(Value::from)),
        ("created_at", text(row, "created").map(|time| rfc3339(&time).into())),
        ("profile", profile(row, fields)),
    ])
}

/// Users of a Supabase, from an export of its table `auth.users`: an array of JSON, JSON on each line, or CSV. Of what
/// stands in `raw_user_meta_data` that is kept which is named. Who was deleted is left out.
pub fn supabase(file: &str, fields: &[String]) -> Result<Vec<Value>, ElsewhereError> {
    let rows = supabase_rows(file).ok_or(ElsewhereError::OtherFile("Supabase"))?;
    if rows.iter().any(|row| !row.contains_key("encrypted_password")) {
        return Err(ElsewhereError::OtherFile("Supabase"));
    }
    let there = rows.iter().filter(|row| text(row, "deleted_at").is_none());
    Ok(there.map(|row| supabase_user(row, fields)).collect())
}

fn supabase_rows(file: &str) -> Option<Vec<Map<String, Value>>> {
    let file = file.trim_start_matches('\u{feff}').trim_start();
    match file.as_bytes().first()? {
        b'[' => serde_json::from_str(file).ok(),
        b'{' => serde_json::Deserializer::from_str(file).into_iter().collect::<Result<_, _>>().ok(),
        _ => {
            let mut reader = csv::Reader::from_reader(file.as_bytes());
            let header = reader.headers().ok()?.clone();
            let rows = reader.records().map(|row| {
                let row = row.ok()?;
                let cells = header.iter().zip(row.iter());
                Some(cells.map(|(name, cell)| (name.to_owned(), Value::from(cell))).collect())
            });
            rows.collect()
        }
    }
}

fn supabase_user(row: &Map<String, Value>, fields: &[String]) -> Value {
    let data = match row.get("raw_user_meta_data") {
        Some(Value::String(text)) => serde_json::from_str(text).unwrap_or_default(),
        Some(Value::Object(data)) => data.clone(),
        _ => Map::new(),
    };
    line(&[
        ("id", text(row, "id").map(Value::from)),
        ("email", text(row, "email").map(Value::from)),
        ("verified", Some(text(row, "email_confirmed_at").is_some().into())),
        ("disabled", Some(text(row, "banned_until").is_some().into())),
        ("password_hash", text(row, "encrypted_password").map(Value::from)),
        ("created_at", text(row, "created_at").map(|time| rfc3339(&time).into())),
        ("profile", profile(&data, fields)),
    ])
}

/// Of a row those values that are there.
fn line(values: &[(&str, Option<Value>)]) -> Value {
    let there = values.iter().filter_map(|(name, value)| Some(((*name).to_owned(), value.clone()?)));
    Value::Object(there.collect())
}

fn profile(row: &Map<String, Value>, fields: &[String]) -> Option<Value> {
    let own = fields.iter().filter_map(|field| Some((field.clone(), row.get(field)?.clone())));
    let own: Map<String, Value> = own.collect();
    (!own.is_empty()).then(|| json!(own))
}

/// A text that says something: an empty one is none, and neither is what a CSV file has for null.
fn text(row: &Map<String, Value>, name: &str) -> Option<String> {
    let text = row.get(name)?.as_str()?;
    (!matches!(text, "" | "NULL" | "null" | "\\N")).then(|| text.to_owned())
}

/// A time as SQL writes it, `2024-05-01 12:00:00.000Z` or `2024-05-01 12:00:00+00`, as RFC 3339 does.
fn rfc3339(time: &str) -> String {
    let mut time = time.replacen(' ', "T", 1);
    let offset = time.rfind(['+', '-']).filter(|at| *at > 10).map(|at| time.len() - at);
    match offset {
        Some(3) => time.push_str(":00"),
        None if !time.ends_with(['Z', 'z']) => time.push('Z'),
        _ => {}
    }
    time
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2a$10$abcdefghijklmnopqrstuuKJH1GBqPNkJ1Eyh3zqK9y3yDqvYb5y2";

    #[test]
    fn users_of_a_pocketbase() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("data.db");
        let database = Connection::open(&path).unwrap();
        database
            .execute_batch(&format!(
                "CREATE TABLE _collections (id TEXT, name TEXT, type TEXT);
                 INSERT INTO _collections VALUES ('1', 'users', 'auth'), ('2', '_superusers', 'auth'),
                     ('3', 'posts', 'base');
                 CREATE TABLE users (id TEXT, password TEXT, tokenKey TEXT, email TEXT, verified BOOLEAN, name TEXT,
                     created TEXT);
                 INSERT INTO users VALUES ('abc', '{HASH}', 'secret', 'ann@example.com', TRUE, 'Ann',
                     '2024-05-01 12:00:00.000Z'), ('def', '', 'secret', '', FALSE, '', '2024-05-01 12:00:00.000Z');"
            ))
            .unwrap();
        let fields = ["name".to_owned()];
        let users = pocketbase(&path, None, &fields).unwrap();
        let expected = json!({"email": "ann@example.com", "verified": true, "password_hash": HASH,
            "created_at": "2024-05-01T12:00:00.000Z", "profile": {"name": "Ann"}});
        assert_eq!(users[0], expected);
        assert_eq!((users.len(), users[1].get("email"), users[1].get("password_hash")), (2, None, None));
        assert!(matches!(
            pocketbase(&path, Some("posts"), &fields),
            Err(ElsewhereError::WhichCollection(names)) if names == "users"
        ));
        std::fs::write(folder.path().join("other"), "no database").unwrap();
        assert!(pocketbase(&folder.path().join("other"), None, &fields).is_err());
    }

    #[test]
    fn users_of_a_supabase_in_every_form() {
        let id = "0190a1b2-0000-7000-8000-000000000001";
        let row = json!({"id": id, "email": "ann@example.com", "encrypted_password": HASH,
            "email_confirmed_at": "2024-05-01T12:00:00+00:00", "created_at": "2024-05-01T12:00:00.5+00:00",
            "raw_user_meta_data": {"name": "Ann", "theme": "dark"}, "banned_until": null, "deleted_at": null});
        let expected = json!({"id": id, "email": "ann@example.com", "verified": true, "disabled": false,
            "password_hash": HASH, "created_at": "2024-05-01T12:00:00.5+00:00", "profile": {"name": "Ann"}});
        let fields = ["name".to_owned(), "age".to_owned()];
        assert_eq!(supabase(&json!([row]).to_string(), &fields).unwrap(), std::slice::from_ref(&expected));
        let mut gone = row.clone();
        gone["deleted_at"] = json!("2024-06-01T12:00:00+00:00");
        assert_eq!(supabase(&format!("{row}\n{gone}\n"), &fields).unwrap(), [expected]);
        let table = format!(
            "id,email,encrypted_password,email_confirmed_at,created_at,raw_user_meta_data,banned_until\n\
             {id},ann@example.com,{HASH},,2024-05-01 12:00:00+00,\"{{\"\"name\"\": \"\"Ann\"\"}}\",2999-01-01 00:00:00+00\n"
        );
        let read = supabase(&table, &fields).unwrap();
        assert_eq!((&read[0]["verified"], &read[0]["disabled"]), (&json!(false), &json!(true)));
        assert_eq!(
            (&read[0]["created_at"], &read[0]["profile"]),
            (&json!("2024-05-01T12:00:00+00:00"), &json!({"name": "Ann"}))
        );
        for other in ["", "[1]", "id,email\n1,a@example.com\n", "{}"] {
            assert!(supabase(other, &fields).is_err(), "{other}");
        }
    }
}
