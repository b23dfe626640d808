//! Values as SQL.

use super::condition::Param;
use super::{Compiler, Condition, fill, parameter, text};
use crate::clock::Timestamp;
use crate::dialect::Dialect;
use crate::expr::ir::{Case, ClockPart, Scalar, Term};

/// What Rust's `trim` takes for white space, as CEL's does: Unicode's property `White_Space`.
const WHITE_SPACE: &str = "\t\n\u{b}\u{c}\r \u{85}\u{a0}\u{1680}\u{2000}\u{2001}\u{2002}\u{2003}\u{2004}\u{2005}\u{2006}\
                           \u{2007}\u{2008}\u{2009}\u{200a}\u{2028}\u{2029}\u{202f}\u{205f}\u{3000}";
/// Most microseconds whose nanoseconds fit 64 bits.
const LONGEST: i64 = i64::MAX / 1000;

impl Compiler<'_> {
    pub(super) fn term(&self, term: &Term) -> Condition {
        if term.is_late() {
            return parameter(Param::term(term, self.dialect));
        }
        let one = |template: &str, inner: &Term| fill(template, [self.term(inner)]);
        match term {
            Term::Literal(scalar) => parameter(Param::constant(scalar, self.dialect)),
            Term::Column(field) => self.column(field),
            Term::Within(within, kind) => self.within(within, *kind),
            // These read nothing but the request, and are late.
            Term::Late(_) | Term::Count(_) => parameter(Param::term(term, self.dialect)),
            Term::Length(list) => self.length(list),
            Term::AsFloat(inner) => one(
                match self.dialect {
                    Dialect::Sqlite => "CAST({} AS real)",
                    Dialect::Postgres => "CAST({} AS double precision)",
                    Dialect::MariaDb => "CAST({} AS double)",
                },
                inner,
            ),
            Term::Size(inner) => one(
                match self.dialect {
                    Dialect::Sqlite => "length({})",
                    Dialect::Postgres | Dialect::MariaDb => "char_length({})",
                },
                inner,
            ),
            Term::Cased(case, inner) => self.cased(*case, inner),
            Term::Trimmed(inner) => self.trimmed(inner),
            Term::Part(inner, start, end) => self.part(inner, *start, *end),
            Term::Place(inner, part) => {
                let (inner, part) = (self.term(inner), self.term(part));
                match self.dialect {
                    Dialect::Sqlite => fill("(instr({}, {}) - 1)", [inner, part]),
                    Dialect::Postgres => fill("(strpos({}, {}) - 1)", [inner, part]),
                    Dialect::MariaDb => fill("(LOCATE({}, {}) - 1)", [part, inner]),
                }
            }
            Term::Midnight(inner) => one(
                match self.dialect {
                    Dialect::Sqlite => "(unixepoch({}) * 1000000)",
                    Dialect::Postgres => "(CAST({} AS timestamp) AT TIME ZONE 'UTC')",
                    Dialect::MariaDb => "CAST({} AS datetime(6))",
                },
                inner,
            ),
            Term::Moved(inner, micros) => self.moved(inner, *micros),
            Term::Between(to, from) => self.between(to, from),
            Term::Clock(part, inner) => self.clock(*part, inner),
            Term::Decimal(digits, _) => parameter(Param::constant(&Scalar::Int(*digits), self.dialect)),
            Term::Arithmetic(operator, left, right) => self.arithmetic(*operator, left, right),
            Term::Scaled(inner, scale) => self.scaled(inner, *scale),
            Term::Joined(left, right) => self.joined(left, right),
            // What SQL is made of is refused this: see `Term::is_uncompiled`.
            Term::Converted(..) => text("NULL"),
        }
    }

    fn cased(&self, case: Case, inner: &Term) -> Condition {
        let template = match (self.dialect, case) {
            (Dialect::Sqlite, Case::Lower) => "lower({})",
            (Dialect::Sqlite, Case::Upper) => "upper({})",
            (Dialect::Postgres, Case::Lower) => "lower({} COLLATE \"C\")",
            (Dialect::Postgres, Case::Upper) => "upper({} COLLATE \"C\")",
            // MariaDB folds all of Unicode. Read as ISO 8859-8, whose only letters with case are ASCII's, the bytes of
            // the others stay as they are.
            (Dialect::MariaDb, Case::Lower) => {
                "(CONVERT(CAST(LOWER(CONVERT(CAST({} AS binary) USING hebrew)) AS binary) USING utf8mb4) \
                 COLLATE utf8mb4_nopad_bin)"
            }
            (Dialect::MariaDb, Case::Upper) => {
                "(CONVERT(CAST(UPPER(CONVERT(CAST({} AS binary) USING hebrew)) AS binary) USING utf8mb4) \
                 COLLATE utf8mb4_nopad_bin)"
            }
        };
        fill(template, [self.term(inner)])
    }

    fn trimmed(&self, inner: &Term) -> Condition {
        let inner = self.term(inner);
        match self.dialect {
            Dialect::Sqlite => fill("trim({}, {})", [inner, parameter(Param::text(WHITE_SPACE))]),
            Dialect::Postgres => fill("btrim({}, {})", [inner, parameter(Param::text(WHITE_SPACE))]),
            Dialect::MariaDb => {
                let ends = format!("\\A[{WHITE_SPACE}]+|[{WHITE_SPACE}]+\\z");
                fill("REGEXP_REPLACE({}, {}, '')", [inner, parameter(Param::text(&ends))])
            }
        }
    }

    fn part(&self, inner: &Term, start: u32, end: Option<u32>) -> Condition {
        let size = if self.dialect == Dialect::Sqlite { "length" } else { "char_length" };
        let from = u64::from(start) + 1;
        let (least, count) = match end {
            Some(end) => (end, format!(", {}", end.saturating_sub(start))),
            None => (start, String::new()),
        };
        let template = format!("CASE WHEN {size}({{}}) >= {least} THEN substr({{}}, {from}{count}) END");
        fill(&template, [self.term(inner), self.term(inner)])
    }

    fn moved(&self, inner: &Term, micros: i64) -> Condition {
        let bound = |limit: Timestamp| {
            let latest = limit.as_micros().saturating_sub(micros);
            latest.clamp(Timestamp::MIN.as_micros(), Timestamp::MAX.as_micros())
        };
        // One of the two does not bind; clamped, it can be stored everywhere.
        let (first, last) = (self.instant(bound(Timestamp::MIN)), self.instant(bound(Timestamp::MAX)));
        let moved = match self.dialect {
            Dialect::Sqlite => format!("({{}} + {micros})"),
            Dialect::Postgres => format!("({{}} + interval '{micros} microseconds')"),
            Dialect::MariaDb => format!("DATE_ADD({{}}, INTERVAL {micros} MICROSECOND)"),
        };
        let template = format!("CASE WHEN {{}} BETWEEN {{}} AND {{}} THEN {moved} END");
        fill(&template, [self.term(inner), first, last, self.term(inner)])
    }

    fn instant(&self, micros: i64) -> Condition {
        let instant = chrono::DateTime::from_timestamp_micros(micros).unwrap_or_default();
        parameter(Param::constant(&Scalar::DateTime(instant), self.dialect))
    }

    fn between(&self, to: &Term, from: &Term) -> Condition {
        let between = match self.dialect {
            Dialect::Sqlite => fill("({} - {})", [self.term(to), self.term(from)]),
            Dialect::Postgres => fill(
                "CAST(EXTRACT(EPOCH FROM ({} - {})) * 1000000 AS bigint)",
                [self.term(to), self.term(from)],
            ),
            Dialect::MariaDb => fill("TIMESTAMPDIFF(MICROSECOND, {}, {})", [self.term(from), self.term(to)]),
        };
        fill(&format!("CASE WHEN abs({{}}) <= {LONGEST} THEN {{}} END"), [between.clone(), between])
    }

    fn clock(&self, part: ClockPart, inner: &Term) -> Condition {
        let instant = self.term(inner);
        match self.dialect {
            Dialect::Sqlite => sqlite_clock(part, &instant),
            Dialect::Postgres => postgres_clock(part, instant),
            Dialect::MariaDb => mariadb_clock(part, instant),
        }
    }
}

fn sqlite_clock(part: ClockPart, instant: &Condition) -> Condition {
    // Rounded down, also before 1970.
    let fraction = "((({} % 1000000) + 1000000) % 1000000)";
    if part == ClockPart::Milliseconds {
        return fill(&format!("({fraction} / 1000)"), [instant.clone()]);
    }
    let (format, first) = match part {
        ClockPart::Year => ("%Y", 0),
        ClockPart::Month => ("%m", 1),
        ClockPart::DayOfMonth => ("%d", 1),
        ClockPart::Date => ("%d", 0),
        ClockPart::DayOfWeek => ("%w", 0),
        ClockPart::DayOfYear => ("%j", 1),
        ClockPart::Hours => ("%H", 0),
        ClockPart::Minutes => ("%M", 0),
        ClockPart::Seconds | ClockPart::Milliseconds => ("%S", 0),
    };
    let template = format!(
        "(CAST(strftime('{format}', ({{}} - {fraction}) / 1000000, 'unixepoch') AS integer) - {first})"
    );
    fill(&template, [instant.clone(), instant.clone()])
}

fn postgres_clock(part: ClockPart, instant: Condition) -> Condition {
    let (field, first) = match part {
        ClockPart::Year => ("YEAR", 0),
        ClockPart::Month => ("MONTH", 1),
        ClockPart::DayOfMonth => ("DAY", 1),
        ClockPart::Date => ("DAY", 0),
        ClockPart::DayOfWeek => ("DOW", 0),
        ClockPart::DayOfYear => ("DOY", 1),
        ClockPart::Hours => ("HOUR", 0),
        ClockPart::Minutes => ("MINUTE", 0),
        ClockPart::Seconds => ("SECOND", 0),
        // With the seconds.
        ClockPart::Milliseconds => {
            let template = "(CAST(floor(EXTRACT(MILLISECONDS FROM {} AT TIME ZONE 'UTC')) AS bigint) % 1000)";
            return fill(template, [instant]);
        }
    };
    let template =
        format!("(CAST(floor(EXTRACT({field} FROM {{}} AT TIME ZONE 'UTC')) AS bigint) - {first})");
    fill(&template, [instant])
}

fn mariadb_clock(part: ClockPart, instant: Condition) -> Condition {
    let template = match part {
        ClockPart::Year => "YEAR({})",
        ClockPart::Month => "(MONTH({}) - 1)",
        ClockPart::DayOfMonth => "(DAYOFMONTH({}) - 1)",
        ClockPart::Date => "DAYOFMONTH({})",
        ClockPart::DayOfWeek => "(DAYOFWEEK({}) - 1)",
        ClockPart::DayOfYear => "(DAYOFYEAR({}) - 1)",
        ClockPart::Hours => "HOUR({})",
        ClockPart::Minutes => "MINUTE({})",
        ClockPart::Seconds => "SECOND({})",
        ClockPart::Milliseconds => "(MICROSECOND({}) DIV 1000)",
    };
    fill(template, [instant])
}
