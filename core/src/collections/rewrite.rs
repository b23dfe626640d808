//! What a change of the schema does, step by step: statements, and values that are read and written anew because SQL
//! alone cannot say what becomes of them.

use std::sync::Arc;

use sea_query::Value;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::backfill::Backfill;
use super::field::Field;
use super::field_type::FieldType;
use super::service::CollectionError;
use super::values::{self, BATCH};
use crate::dialect::Dialect;
use crate::records::column::{bind, quote, read};
use crate::records::limits::Limits;
use crate::records::storage::{Shadow, Storage};
use crate::records::value::FieldValue;
use crate::store::{Sql, StoreError, Tx};

/// One step, which can be taken again where it was interrupted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Step {
    /// A statement.
    Sql(String),
    /// Values that are written anew.
    Rewrite(Box<Rewrite>),
    /// Values that are computed.
    Backfill(Box<Backfill>),
}

/// Writes the values of a column as another type has them, or what stands beside them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Rewrite {
    pub(super) table: String,
    /// Where the values are.
    pub(super) column: String,
    /// What they are.
    pub(super) was: FieldType,
    /// What they are to be.
    pub(super) field: Field,
}

impl From<String> for Step {
    fn from(sql: String) -> Self {
        Self::Sql(sql)
    }
}

/// Takes steps one after another.
pub(super) async fn run(tx: &mut Tx<'_>, steps: &[Step]) -> Result<(), CollectionError> {
    for step in steps {
        match step {
            Step::Sql(sql) => {
                tx.define(std::slice::from_ref(sql)).await.map_err(super::schema::duplicates)?;
            }
            Step::Rewrite(rewrite) => rewrite.run(tx).await?,
            Step::Backfill(backfill) => backfill.run(tx).await?,
        }
    }
    Ok(())
}

impl Rewrite {
    async fn run(&self, tx: &mut Tx<'_>) -> Result<(), CollectionError> {
        let dialect = tx.dialect();
        // Nothing but this step's own statements is open on MariaDB, each of which would wait for the disk.
        if dialect == Dialect::MariaDb {
            if !self.is_to_do(tx).await? {
                return Ok(());
            }
            tx.define(&["SET autocommit = 0".to_owned()]).await?;
        }
        let rewritten = self.rewrite(tx, dialect).await;
        if dialect == Dialect::MariaDb {
            tx.define(&["COMMIT".to_owned(), "SET autocommit = 1".to_owned()]).await?;
        }
        rewritten
    }

    /// False where the change was interrupted after its column had gone.
    async fn is_to_do(&self, tx: &mut Tx<'_>) -> Result<bool, StoreError> {
        let text = "SELECT 1 FROM information_schema.columns WHERE table_schema = DATABASE() AND table_name = ? \
                    AND column_name = ?";
        let values = vec![self.table.clone().into(), self.column.clone().into()];
        Ok(!tx.query(&Sql::new(text, values), |_| Ok(())).await?.is_empty())
    }

    async fn rewrite(&self, tx: &mut Tx<'_>, dialect: Dialect) -> Result<(), CollectionError> {
        let limits = values::limits(&self.field)?;
        let select: Arc<str> = values::page(&self.table, (&self.column, &self.was), dialect).into();
        let update: Arc<str> = dialect.placeholders(&self.update(dialect)).into();
        let shadows = Shadow::of(&self.field);
        let moves = self.column != self.field.column();
        let mut after = Uuid::nil();
        loop {
            let sql = Sql::new(Arc::clone(&select), vec![Value::Uuid(Some(after))]);
            let rows = tx.query(&sql, |row| Ok((values::id(row)?, read(&self.was, row, 1)?))).await?;
            let Some((last, _)) = rows.last() else { return Ok(()) };
            after = *last;
            let whole = rows.len() == BATCH;
            for (id, value) in rows {
                let value = if moves { convert(&self.field, &limits, &value) } else { Some(value) };
                let value = value.ok_or_else(|| values::refusal(self.field.name.as_str(), &[id]))?;
                let own = moves.then(|| bind(&self.field.kind, &value, dialect));
                let beside = shadows.iter().map(|shadow| shadow.bind(&value));
                let values = own.into_iter().chain(beside).chain([Value::Uuid(Some(id))]).collect();
                tx.execute(&Sql::new(Arc::clone(&update), values)).await?;
            }
            if !whole {
                return Ok(());
            }
        }
    }

    fn update(&self, dialect: Dialect) -> String {
        let column = self.field.column();
        let own = (self.column != column).then(|| (column, Storage::of(&self.field.kind)));
        let beside = Shadow::of(&self.field).into_iter().map(|shadow| {
            let storage = shadow.storage();
            (shadow.name, storage)
        });
        let set = |(name, storage): (String, Storage)| {
            format!("{} = {}", quote(&name, dialect), storage.placeholder(dialect))
        };
        let sets: Vec<_> = own.into_iter().chain(beside).map(set).collect();
        format!("UPDATE {} SET {} WHERE id = ?", self.table, sets.join(", "))
    }
}

/// Whether values of the one type can become values of the other, if they are such that they fit.
pub(super) const fn converts(was: &FieldType, is: &FieldType) -> bool {
    const fn takes_part(kind: &FieldType) -> bool {
        !matches!(
            kind,
            FieldType::Relation { .. }
                | FieldType::GeoPoint
                | FieldType::Vector { .. }
                | FieldType::Datetime { auto: Some(_) }
        )
    }
    takes_part(was) && takes_part(is)
}

/// The value as one of `field`: as a client would send it, be it as text, as a number or as a list of one.
pub(crate) fn convert(field: &Field, limits: &Limits, value: &FieldValue) -> Option<FieldValue> {
    let json = value.to_json();
    let text = match value {
        FieldValue::Text(text) => text.clone(),
        _ => json.trim_matches('"').to_owned(),
    };
    let quoted = serde_json::to_string(&text).ok()?;
    let mut forms = vec![json.clone(), text.clone(), quoted.clone()];
    match (value, &field.kind) {
        // 7.00 is a whole number.
        (FieldValue::Decimal { .. } | FieldValue::Float(_) | FieldValue::Text(_), FieldType::Int) => {
            forms.extend(
                text.split_once('.')
                    .filter(|(_, rest)| rest.bytes().all(|digit| digit == b'0'))
                    .map(|(whole, _)| whole.to_owned()),
            );
        }
        (FieldValue::Int(0 | 1), FieldType::Bool) => forms.push((text == "1").to_string()),
        (FieldValue::Bool(set), FieldType::Int) => forms.push(u8::from(*set).to_string()),
        (FieldValue::Datetime(_), FieldType::Date) => {
            forms.extend(text.split_once('T').map(|(date, _)| format!("\"{date}\"")));
        }
        (FieldValue::Text(_), FieldType::Datetime { .. }) => forms.push(format!("\"{text}T00:00:00Z\"")),
        (FieldValue::Text(_), FieldType::MultiSelect { .. }) => forms.push(format!("[{quoted}]")),
        (FieldValue::Json(_), _) => {
            let only = serde_json::from_str::<[Box<RawValue>; 1]>(&json).ok();
            forms.extend(only.map(|[only]| only.get().to_owned()));
        }
        _ => {}
    }
    forms.into_iter().find_map(|form| {
        let sent = RawValue::from_string(form).ok()?;
        FieldValue::read(field, &sent).and_then(|value| limits.check(field, value)).ok()
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::field::NewField;
    use super::*;

    fn field(design: Json) -> Field {
        let mut design = design;
        design["name"] = json!("value");
        Field::try_from(serde_json::from_value::<NewField>(design).unwrap()).unwrap()
    }

    fn converted(from: Json, value: &Json, to: Json) -> Option<Json> {
        let (from, to) = (field(from), field(to));
        let value = FieldValue::read_json(&from, value).unwrap();
        convert(&to, &Limits::NONE, &value).map(|value| serde_json::from_str(&value.to_json()).unwrap())
    }

    #[test]
    fn values_become_what_a_client_would_send_for_them() {
        let (text, int, float) = (json!({"type": "text"}), json!({"type": "int"}), json!({"type": "float"}));
        let (decimal, flag, day) =
            (json!({"type": "decimal"}), json!({"type": "bool"}), json!({"type": "date"}));
        let (at, any) = (json!({"type": "datetime"}), json!({"type": "json"}));
        let (one, many) = (
            json!({"type": "select", "options": ["a", "b"]}),
            json!({"type": "multi_select", "options": ["a", "b"]}),
        );
        let uuid = "0190a5d0-0000-7000-8000-000000000000";
        for (from, value, to, wanted) in [
            (&text, json!("7"), &int, Some(json!(7))),
            (&text, json!("7.00"), &int, Some(json!(7))),
            (&text, json!("7.5"), &int, None),
            (&text, json!("seven"), &int, None),
            (&text, json!("2.5"), &float, Some(json!(2.5))),
            (&text, json!("12.50"), &decimal, Some(json!("12.50"))),
            (&text, json!("true"), &flag, Some(json!(true))),
            (&text, json!("yes"), &flag, None),
            (&text, json!("2026-01-31"), &day, Some(json!("2026-01-31"))),
            (&text, json!("2026-01-31"), &at, Some(json!("2026-01-31T00:00:00.000000Z"))),
            (&text, json!(uuid), &json!({"type": "uuid"}), Some(json!(uuid))),
            (&text, json!("a"), &one, Some(json!("a"))),
            (&text, json!("c"), &one, None),
            (&text, json!("12"), &any, Some(json!("12"))),
            (&int, json!(7), &text, Some(json!("7"))),
            (&int, json!(7), &float, Some(json!(7.0))),
            (&int, json!(7), &decimal, Some(json!("7.00"))),
            (&int, json!(1), &flag, Some(json!(true))),
            (&int, json!(2), &flag, None),
            (&float, json!(2.0), &int, Some(json!(2))),
            (&float, json!(2.5), &int, None),
            (&float, json!(2.5), &text, Some(json!("2.5"))),
            (&decimal, json!("7.00"), &int, Some(json!(7))),
            (&decimal, json!("7.50"), &json!({"type": "decimal", "scale": 1}), Some(json!("7.5"))),
            (&decimal, json!("7.55"), &json!({"type": "decimal", "scale": 1}), None),
            (&flag, json!(true), &text, Some(json!("true"))),
            (&flag, json!(true), &int, Some(json!(1))),
            (&at, json!("2026-01-31T10:00:00Z"), &day, Some(json!("2026-01-31"))),
            (&at, json!("2026-01-31T10:00:00Z"), &text, Some(json!("2026-01-31T10:00:00.000000Z"))),
            (&one, json!("a"), &many, Some(json!(["a"]))),
            (&many, json!(["a"]), &one, Some(json!("a"))),
            (&many, json!(["a", "b"]), &one, None),
            (&many, json!(["a", "b"]), &any, Some(json!(["a", "b"]))),
            (&any, json!(7), &int, Some(json!(7))),
            (&any, json!("x"), &text, Some(json!("x"))),
            (&any, json!({"a": 1}), &text, Some(json!("{\"a\":1}"))),
        ] {
            assert_eq!(converted(from.clone(), &value, to.clone()), wanted, "{from} {value} as {to}");
        }
    }
}
