//! Lists by where things are and by what they are like: `near`, `within` and `nearest`.

use sea_query::Value;

use super::column::{bind, quote};
use super::layout::Column;
use super::scan::Scan;
use super::service::{Access, Records};
use super::special::{Fragment, Near, Score};
use super::value::FieldValue;
use crate::collections::FieldType;
use crate::dialect::Dialect;
use crate::geo::{METRES_OF_A_DEGREE, RADIUS};
use crate::invalid::Invalid;
use crate::vectors::{Metric, Target};

/// `field:` and what stands after it.
fn split<'t>(parameter: &str, text: &'t str, form: &str) -> Result<(&'t str, &'t str), Invalid> {
    let message = || format!("this is written as `{form}`");
    text.split_once(':').ok_or_else(|| Invalid::one(parameter, "invalid_term", message()))
}

/// Numbers apart by commas, of which the first two are a place.
fn place(parameter: &str, text: &str, form: &str) -> Result<Vec<f64>, Invalid> {
    let wrong = || Invalid::one(parameter, "invalid_term", format!("this is written as `{form}`"));
    let numbers =
        text.split(',').map(|number| number.trim().parse().ok().filter(|number: &f64| number.is_finite()));
    let numbers: Vec<f64> = numbers.collect::<Option<_>>().ok_or_else(wrong)?;
    let on_earth = |at: &[f64]| matches!(at, [lat, lon] if lat.abs() <= 90.0 && lon.abs() <= 180.0);
    let corners = if numbers.len() == 4 { numbers.as_slice() } else { numbers.get(..2).unwrap_or_default() };
    if corners.is_empty() || !corners.chunks(2).all(on_earth) {
        let message = "a place has a latitude of -90 to 90 degrees and a longitude of -180 to 180";
        return Err(Invalid::one(parameter, "out_of_range", message));
    }
    Ok(numbers)
}

/// The columns of a place, ready to stand in a statement.
struct Columns {
    lat: String,
    lon: String,
    dialect: Dialect,
}

impl Columns {
    /// The distance in metres on a sphere, by the haversine formula.
    fn distance(&self, lat: f64, lon: f64) -> Fragment {
        let (own_lat, own_lon) = (&self.lat, &self.lon);
        let double = |number| Value::Double(Some(number));
        if self.dialect == Dialect::Sqlite {
            let text = format!("neonex_distance({own_lat}, {own_lon}, ?, ?)");
            return Fragment { text, values: vec![double(lat), double(lon)] };
        }
        let text = format!(
            "({} * asin(least(1, sqrt(power(sin(radians({own_lat} - ?) / 2), 2) + cos(radians(?)) * \
             cos(radians({own_lat})) * power(sin(radians({own_lon} - ?) / 2), 2)))))",
            2.0 * RADIUS
        );
        Fragment { text, values: vec![double(lat), double(lat), double(lon)] }
    }

    /// Between two parallels and two meridians, which may have the date line between them.
    fn within(&self, (south, west): (f64, f64), (north, east): (f64, f64)) -> Fragment {
        let (lat, lon) = (&self.lat, &self.lon);
        let between = if west <= east {
            format!("{lon} >= ? AND {lon} <= ?")
        } else {
            format!("({lon} >= ? OR {lon} <= ?)")
        };
        let values = [south, north, west, east].map(|number| Value::Double(Some(number)));
        Fragment { text: format!("({lat} >= ? AND {lat} <= ? AND {between})"), values: values.to_vec() }
    }

    /// A part of earth that a circle lies in, so that an index is of use.
    fn around(&self, lat: f64, lon: f64, metres: f64) -> Fragment {
        // A little more, because what is computed is not exact.
        let high = metres / METRES_OF_A_DEGREE * 1.000_001 + 1e-9;
        let (south, north) = (lat - high, lat + high);
        if south <= -90.0 || north >= 90.0 {
            return self.within((south, -180.0), (north, 180.0));
        }
        let wide = ((metres / RADIUS).sin() / lat.to_radians().cos()).clamp(-1.0, 1.0).asin().to_degrees();
        let wide = wide * 1.000_001 + 1e-9;
        let (west, east) = (lon - wide, lon + wide);
        let turned = |lon: f64| {
            if lon < -180.0 {
                lon + 360.0
            } else if lon > 180.0 {
                lon - 360.0
            } else {
                lon
            }
        };
        self.within((south, turned(west)), (north, turned(east)))
    }
}

impl Records<'_> {
    /// `place:lat,lon`: what is nearest comes first.
    pub(super) fn near(&self, text: &str, access: &Access) -> Result<Near, Invalid> {
        const FORM: &str = "field:latitude,longitude";
        let (name, rest) = split("/near", text, FORM)?;
        let columns = self.columns_of_place("/near", name, access)?;
        let [lat, lon] = *place("/near", rest, FORM)? else {
            return Err(Invalid::one("/near", "invalid_term", format!("this is written as `{FORM}`")));
        };
        let known = Fragment { text: format!("{} IS NOT NULL", columns.lat), values: Vec::new() };
        let score = Score { expression: columns.distance(lat, lon), join: None, shown: ("_distance", false) };
        Ok(Near { known, score, scan: None })
    }

    /// `place:lat,lon,metres`, or `place:south,west,north,east`.
    pub(super) fn within(&self, text: &str, access: &Access) -> Result<Vec<Fragment>, Invalid> {
        const FORM: &str = "field:latitude,longitude,metres` or `field:south,west,north,east";
        let (name, rest) = split("/within", text, FORM)?;
        let columns = self.columns_of_place("/within", name, access)?;
        match *place("/within", rest, FORM)? {
            [lat, lon, metres] if metres >= 0.0 => {
                let mut near = columns.distance(lat, lon);
                near.text.push_str(" <= ?");
                near.values.push(Value::Double(Some(metres)));
                // Beyond a quarter of the way around a circle is wider than its middle.
                let is_small = metres < METRES_OF_A_DEGREE * 89.0;
                let everywhere = || columns.within((-90.0, -180.0), (90.0, 180.0));
                let around = if is_small { columns.around(lat, lon, metres) } else { everywhere() };
                Ok(vec![around, near])
            }
            [south, west, north, east] if south <= north => {
                Ok(vec![columns.within((south, west), (north, east))])
            }
            [_, _, _] | [_, _, _, _] => {
                let message = "a distance is not negative, and the south lies below the north";
                Err(Invalid::one("/within", "out_of_range", message))
            }
            _ => Err(Invalid::one("/within", "invalid_term", format!("this is written as `{FORM}`"))),
        }
    }

    /// `field:[…]`: what is most like it comes first.
    pub(super) fn nearest(&self, text: &str, metric: Metric, access: &Access) -> Result<Near, Invalid> {
        let (name, rest) = split("/nearest", text, "field:[0.5,…]")?;
        let column = self.named("/nearest", name, access)?;
        let FieldType::Vector { dimensions } = column.kind else {
            return Err(not_applicable("/nearest", column, "vectors"));
        };
        let read =
            serde_json::from_str(rest).ok().and_then(|raw| FieldValue::read_kind(&column.kind, rest, raw));
        let Some(FieldValue::Vector(numbers)) = &read else {
            let message = format!("`{name}` is compared with an array of {dimensions} numbers");
            return Err(Invalid::one("/nearest", "invalid_value", message));
        };
        let dialect = self.dialect();
        let stored = quote(&column.stored, dialect);
        let known = Fragment { text: format!("{stored} IS NOT NULL"), values: Vec::new() };
        let computed = match (dialect, self.scope.platform().store().vectors()) {
            (Dialect::Sqlite, _) => Some(match metric {
                Metric::Cosine => format!("neonex_cosine({stored}, ?)"),
                Metric::L2 => format!("neonex_l2({stored}, ?)"),
            }),
            (Dialect::Postgres, Some(schema)) => Some(with_pgvector(&stored, metric, schema)),
            (Dialect::Postgres | Dialect::MariaDb, _) => None,
        };
        let Some(text) = computed else {
            let scan = Some(Scan::new(column.stored.clone(), Target::new(numbers, metric)));
            // What its expression is turns out when all have been compared.
            let score = Score { expression: Fragment::default(), join: None, shown: ("_distance", false) };
            return Ok(Near { known, score, scan });
        };
        let values = read.iter().map(|wanted| bind(&column.kind, wanted, dialect)).collect();
        let expression = Fragment { text, values };
        Ok(Near { known, score: Score { expression, join: None, shown: ("_distance", false) }, scan: None })
    }

    fn columns_of_place(&self, parameter: &str, name: &str, access: &Access) -> Result<Columns, Invalid> {
        let column = self.named(parameter, name, access)?;
        let dialect = self.dialect();
        match column.shadows.as_slice() {
            [lat, lon] if matches!(column.kind, FieldType::GeoPoint) => {
                Ok(Columns { lat: quote(&lat.name, dialect), lon: quote(&lon.name, dialect), dialect })
            }
            _ => Err(not_applicable(parameter, column, "places")),
        }
    }

    fn named(&self, parameter: &str, name: &str, access: &Access) -> Result<&Column, Invalid> {
        let found = self.column(name.trim(), access).map(|(_, column)| column);
        found.ok_or_else(|| Invalid::one(parameter, "unknown_field", format!("there is no field `{name}`")))
    }
}

fn not_applicable(parameter: &str, column: &Column, what: &str) -> Invalid {
    let message = format!("`{}` is of type {}, whose values are no {what}", column.name, column.kind.name());
    Invalid::one(parameter, "not_applicable", message)
}

/// The distance as the extension pgvector computes it, which lies in that schema. What is compared with is read once, and
/// not for each row; of what has no direction the extension knows no cosine.
fn with_pgvector(stored: &str, metric: Metric, schema: &str) -> String {
    let operator = match metric {
        Metric::Cosine => "<=>",
        Metric::L2 => "<->",
    };
    let target = format!("(SELECT CAST(CAST(? AS REAL[]) AS {schema}.vector))");
    let distance = format!("CAST({stored} AS {schema}.vector) OPERATOR({schema}.{operator}) {target}");
    match metric {
        Metric::Cosine => format!("coalesce(nullif({distance}, 'NaN'), 1)"),
        Metric::L2 => distance,
    }
}
