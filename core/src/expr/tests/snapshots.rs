//! The SQL of each dialect, exactly.

use super::*;

/// The condition's SQL.
fn shown(source: &str) -> [String; 3] {
    let checked = parse(source, &vocabulary().with_input()).unwrap();
    [Dialect::Sqlite, Dialect::Postgres, Dialect::MariaDb]
        .map(|dialect| dialect.placeholders(checked.to_sql(dialect).text()))
}

#[test]
fn sql_of_each_dialect() {
    let cases: [(&str, [&str; 3]); 6] = [
        ("year == 1972", [r#"("year" = ?)"#, r#"("year" = $1)"#, "(`year` = ?)"]),
        (
            "name != 'x' && !(year == 1 || active)",
            [
                r#"(("name" IS NOT ?) AND (NOT (("year" IS ?) OR "active")))"#,
                r#"(("name" IS DISTINCT FROM $1) AND (NOT (("year" IS NOT DISTINCT FROM $2) OR "active")))"#,
                "((NOT (`name` <=> ?)) AND (NOT ((`year` <=> ?) OR `active`)))",
            ],
        ),
        (
            "name.endsWith('x') || !(year in [1, 2])",
            [
                r#"((substr("name", length("name") - length(?) + 1) = ?) OR (NOT ((("year" IN (?, ?)) IS TRUE))))"#,
                r#"((right("name", length($1)) = $2) OR (NOT ((("year" IN ($3, $4)) IS TRUE))))"#,
                "((RIGHT(`name`, CHAR_LENGTH(?)) = ?) OR (NOT (((`year` IN (?, ?)) IS TRUE))))",
            ],
        ),
        (
            "active == (rating > count)",
            [
                r#"(("rating" > CAST("count" AS real)) = coalesce("active", 2))"#,
                r#"(CAST(("rating" > CAST("count" AS double precision)) AS integer) = coalesce(CAST("active" AS integer), 2))"#,
                "((`rating` > CAST(`count` AS double)) = coalesce(`active`, 2))",
            ],
        ),
        (
            "active ? input.year == record.year : auth.kind == 'key'",
            [
                r#"CASE "active" WHEN TRUE THEN (CASE WHEN ? THEN ? ELSE "year" END IS "year") WHEN FALSE THEN ? END"#,
                r#"CASE "active" WHEN TRUE THEN (CASE WHEN $1 THEN $2 ELSE "year" END IS NOT DISTINCT FROM "year") WHEN FALSE THEN $3 END"#,
                "CASE `active` WHEN TRUE THEN (CASE WHEN ? THEN ? ELSE `year` END <=> `year`) WHEN FALSE THEN ? END",
            ],
        ),
        (
            "size(name) != count && year < 1e300",
            [
                r#"(CASE WHEN length("name") IS NOT NULL THEN (length("name") IS NOT "count") END AND ("year" IS NOT NULL OR NULL))"#,
                r#"(CASE WHEN char_length("name") IS NOT NULL THEN (char_length("name") IS DISTINCT FROM "count") END AND ("year" IS NOT NULL OR NULL))"#,
                "(CASE WHEN char_length(`name`) IS NOT NULL THEN (NOT (char_length(`name`) <=> `count`)) END AND (`year` IS NOT NULL OR NULL))",
            ],
        ),
    ];
    for (source, expected) in cases {
        assert_eq!(shown(source), expected, "{source}");
    }
}
