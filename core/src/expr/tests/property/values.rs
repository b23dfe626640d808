//! Formulas, in memory: what they come to is what CEL's interpreter says.

use cel::{Context, Value as Cel};
use proptest::prelude::*;

use super::interpreter::{ENV, fields};
use super::rows::{self, Row, pick};
use crate::expr::tests::catalogue;
use crate::expr::{FieldKind, Scalar, Vocabulary, parse_formula};

fn number() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        pick(&[
            "year",
            "record.count",
            "size(name)",
            "at.getFullYear()",
            "int(rating)",
            "int(name)",
            "int('12')"
        ]),
        pick(&["0", "1", "-1", "3", "9223372036854775807"]),
    ];
    leaf.prop_recursive(4, 24, 2, |inner| {
        prop_oneof![
            (inner.clone(), pick(&["+", "-", "*", "/", "%"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("(-({a}))")),
            (condition(), inner.clone(), inner).prop_map(|(test, a, b)| format!("({test} ? {a} : {b})")),
        ]
    })
}

fn float() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        pick(&["rating", "record.rating", "double(year)", "double(name)", "double('1.5')"]),
        pick(&["0.0", "0.5", "1e300", "-2.0"]),
    ];
    // An infinity is an error to us. To CEL it is a value, of which a product or quotient would make a number again.
    let term = prop_oneof![
        leaf.clone(),
        (leaf.clone(), pick(&["*", "/"]), leaf).prop_map(|(a, op, b)| format!("({a} {op} {b})")),
    ];
    term.prop_recursive(3, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), pick(&["+", "-"]), inner.clone())
                .prop_map(|(a, op, b)| format!("({a} {op} {b})")),
            inner.clone().prop_map(|a| format!("(-({a}))")),
            (condition(), inner.clone(), inner).prop_map(|(test, a, b)| format!("({test} ? {a} : {b})")),
        ]
    })
}

fn text() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        pick(&[
            "name",
            "record.director",
            "' '",
            "'ä'",
            "name.trim()",
            "director.lowerAscii()",
            "name.substring(1)"
        ]),
        pick(&["string(year)", "string(rating)", "string(active)", "string(name)"]),
    ];
    leaf.prop_recursive(3, 16, 2, |inner| {
        prop_oneof![
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("({a} + {b})")),
            (condition(), inner.clone(), inner).prop_map(|(test, a, b)| format!("({test} ? {a} : {b})")),
        ]
    })
}

fn condition() -> impl Strategy<Value = String> {
    pick(&[
        "active",
        "!hidden",
        "year > 1",
        "name == null",
        "active == hidden",
        "name.contains('a') || hidden",
        "'a' in tags",
        "size(tags) > 1",
        "year + 1 > record.count",
        "name + 'b' == 'ab'",
        "rating * 2.0 < 1.0",
        "meta.a == name",
        "meta.o.a != active || meta['k ä'] == year",
        "meta.b > rating",
        "meta.a in ['a', 1, null, true]",
        "(meta.a.startsWith('a') || meta.b) == meta.o.b",
    ])
}

fn source() -> impl Strategy<Value = (String, FieldKind)> {
    prop_oneof![
        number().prop_map(|source| (source, FieldKind::Int)),
        float().prop_map(|source| (source, FieldKind::Float)),
        text().prop_map(|source| (source, FieldKind::Text)),
        condition().prop_map(|source| (source, FieldKind::Bool)),
    ]
}

/// The row's own fields, as a record tells them.
fn known(row: &Row, name: &str) -> Option<Scalar> {
    let json = |texts: &Vec<String>| serde_json::to_string(texts).unwrap();
    match name {
        "name" => row.name.clone().map(Scalar::Text),
        "director" => row.director.clone().map(Scalar::Text),
        "year" => row.year.map(Scalar::Int),
        "count" => row.count.map(Scalar::Int),
        "rating" => row.rating.map(Scalar::Float),
        "active" => row.active.map(Scalar::Bool),
        "hidden" => row.hidden.map(Scalar::Bool),
        "at" => chrono::DateTime::from_timestamp_micros(row.at?).map(Scalar::DateTime),
        "meta" => row.meta.as_ref().map(|meta| Scalar::Text(meta.to_string())),
        "tags" => row.tags.as_ref().map(json).map(Scalar::Text),
        other => panic!("{other}"),
    }
}

/// The same, by the interpreter. What no field holds is no value.
fn interpreted(source: &str, row: &Row) -> Option<Scalar> {
    let mut context = Context::with_env(std::sync::Arc::clone(&ENV));
    let fields = fields(row, &[]);
    let record: std::collections::HashMap<String, Cel> =
        fields.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect();
    context.add_variable_from_value("record", record);
    for (name, value) in fields {
        context.add_variable_from_value(name, value);
    }
    match ENV.compile(source).unwrap().execute(&context).ok()? {
        Cel::Int(value) => Some(Scalar::Int(value)),
        Cel::Float(value) => value.is_finite().then_some(Scalar::Float(value + 0.0)),
        Cel::String(text) => Some(Scalar::Text((*text).clone())),
        Cel::Bool(value) => Some(Scalar::Bool(value)),
        _ => None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn formula_and_interpreter_agree((source, kind) in source(), row in rows::row()) {
        let (_, films) = catalogue();
        let formula = match parse_formula(&source, &Vocabulary::of_computed(films), kind) {
            Ok(formula) => formula,
            Err(error) => {
                // The bound, and constants that have no value.
                let refused = ["nested deeper", "has no value", "not supported", "becomes too large"];
                prop_assert!(refused.iter().any(|part| error.message.contains(part)), "{}: {}", source, error);
                return Ok(());
            }
        };
        let found = formula.evaluate(&|name| known(&row, name));
        prop_assert_eq!(found, interpreted(&source, &row), "{}", source);
    }
}
