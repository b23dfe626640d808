//! Filters that differ in constants alone share their statement: the constants are taken out before anything is parsed.
//!
//! The expression is checked with stand-ins, each of which stands nowhere else. Where every stand-in comes out as a
//! parameter, and as nothing but parameters, the statement is that of every filter of the shape; the constants of each
//! take the stand-ins' places. Else the filter is one of its own.

use sea_query::Value;
use uuid::Uuid;

use super::limits::MAX_SOURCE;
use crate::dialect::Dialect;

/// A filter without its constants.
#[derive(Debug)]
pub struct Shape {
    /// The expression with stand-ins.
    pub source: String,
    /// What these stand for.
    pub constants: Vec<Constant>,
}

/// A constant of a filter.
#[derive(Clone, PartialEq, Debug)]
pub enum Constant {
    /// A text.
    Text(String),
    /// A whole number.
    Int(i64),
    /// A text that is a UUID.
    Uuid(Uuid),
}

/// Stand-ins of numbers begin here.
const FIRST_INT: i64 = 7_205_759_403_792_793_600;
/// Stand-ins of UUIDs begin here.
const FIRST_UUID: u128 = 0xf17e_57a4_d1f0_4000_8000_0000_0000_0000;
/// Filters with more constants are not worth it.
const MOST: usize = 50;

impl Constant {
    fn stand_in(&self, at: usize) -> Self {
        match self {
            Self::Text(_) => Self::Text(format!("\u{f8ff}{at}")),
            Self::Int(_) => Self::Int(FIRST_INT + i64::try_from(at).unwrap_or_default()),
            Self::Uuid(_) => Self::Uuid(Uuid::from_u128(FIRST_UUID + at as u128)),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => format!("'{text}'"),
            Self::Int(number) => number.to_string(),
            Self::Uuid(uuid) => format!("'{}'", uuid.hyphenated()),
        }
    }

    /// The values that it may be a parameter as.
    fn values(&self, dialect: Dialect) -> Vec<(Form, Value)> {
        let forms: &[Form] = match self {
            Self::Text(_) | Self::Int(_) => &[Form::AsItIs],
            Self::Uuid(_) => &[Form::AsItIs, Form::Text],
        };
        forms.iter().map(|form| (*form, self.value(*form, dialect))).collect()
    }

    pub(in crate::expr) fn value(&self, form: Form, dialect: Dialect) -> Value {
        match (self, form, dialect) {
            (Self::Text(text), ..) => text.as_str().into(),
            (Self::Int(number), ..) => (*number).into(),
            (Self::Uuid(uuid), Form::Text, _) => uuid.hyphenated().to_string().into(),
            (Self::Uuid(uuid), Form::AsItIs, Dialect::Postgres) => (*uuid).into(),
            (Self::Uuid(uuid), Form::AsItIs, _) => uuid.as_bytes().to_vec().into(),
        }
    }
}

/// How a constant is a parameter.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::expr) enum Form {
    AsItIs,
    Text,
}

impl Shape {
    /// The shape of a filter, where it has one: constants are plain texts and whole numbers.
    pub fn of(filter: &str) -> Option<Self> {
        if filter.len() > MAX_SOURCE {
            return None;
        }
        let (mut source, mut constants) = (String::with_capacity(filter.len() + 16), Vec::new());
        let mut rest = filter;
        // Whether a name or a number has just ended, of which quotes and digits would be a part.
        let mut within_word = false;
        while let Some(first) = rest.chars().next() {
            let (constant, after) = match first {
                '\'' | '"' => {
                    let (text, after) = rest.get(1..)?.split_once(first)?;
                    // Raw, bytes, triple, escaped: all of these are rare.
                    if within_word || text.contains(['\\', '\0', '\n', '\r']) || after.starts_with(first) {
                        return None;
                    }
                    (Some(text_or_uuid(text)), after)
                }
                '0'..='9' if !within_word => {
                    let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                    let (digits, after) = rest.split_at_checked(end)?;
                    let further = after.starts_with(|c: char| c == '.' || c == '_' || c.is_alphanumeric());
                    if further || digits.len() > 1 && digits.starts_with('0') {
                        return None;
                    }
                    (Some(Constant::Int(digits.parse().ok()?)), after)
                }
                '/' if rest.starts_with("//") => return None,
                _ => (None, rest.get(first.len_utf8()..)?),
            };
            match constant {
                Some(constant) => {
                    if constants.len() == MOST {
                        return None;
                    }
                    source.push_str(&constant.stand_in(constants.len()).written());
                    constants.push(constant);
                }
                None => source.push(first),
            }
            within_word = first == '_' || first == '.' || first.is_alphanumeric();
            rest = after;
        }
        Some(Self { source, constants })
    }

    /// Which constant the value stands for, and how.
    pub(in crate::expr) fn find(&self, value: &Value, dialect: Dialect) -> Option<(usize, Form)> {
        self.constants.iter().enumerate().find_map(|(at, constant)| {
            let forms = constant.stand_in(at).values(dialect);
            forms.into_iter().find(|(_, stand_in)| stand_in == value).map(|(form, _)| (at, form))
        })
    }
}

/// Bytes of a filter that are kept of it.
const KEPT: usize = 500;

/// A filter that has been accepted with `?` for each of its constants, and for several that follow one another: nothing
/// of what was asked for is in it.
pub(crate) fn without_constants(filter: &str) -> String {
    let mut out = String::with_capacity(filter.len());
    let mut rest = filter;
    // Where the word began that has just ended.
    let mut word: Option<usize> = None;
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '\'' | '"' => {
                // What precedes it may say how it is written.
                let prefix = word.and_then(|start| out.get(start..)).unwrap_or_default();
                let prefix = if matches!(prefix.to_ascii_lowercase().as_str(), "r" | "b" | "rb" | "br") {
                    prefix.to_owned()
                } else {
                    String::new()
                };
                let raw = prefix.contains(['r', 'R']);
                out.truncate(out.len() - prefix.len());
                push_constant(&mut out);
                text_length(rest, first, raw)
            }
            '0'..='9' if word.is_none() => {
                push_constant(&mut out);
                number_length(rest)
            }
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            first if first.is_whitespace() => {
                if !out.is_empty() && !out.ends_with(' ') {
                    out.push(' ');
                }
                first.len_utf8()
            }
            first => {
                out.push(first);
                first.len_utf8()
            }
        };
        let is_word = first == '_' || first.is_alphanumeric() && !out.ends_with('?');
        word = if is_word { word.or(Some(out.len() - first.len_utf8())) } else { None };
        rest = rest.get(taken..).unwrap_or_default();
    }
    if out.len() > KEPT {
        out.truncate(out.floor_char_boundary(KEPT));
        out.push('…');
    }
    out.trim_end().to_owned()
}

fn push_constant(out: &mut String) {
    let before = out.trim_end();
    match before.strip_suffix(',').map(str::trim_end).filter(|before| before.ends_with('?')) {
        Some(before) => out.truncate(before.len()),
        None => out.push('?'),
    }
}

/// The length of a text that begins with its quote.
fn text_length(rest: &str, quote: char, raw: bool) -> usize {
    let three = quote.to_string().repeat(3);
    let mark = if rest.starts_with(&three) { three } else { quote.to_string() };
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(mark.len()) {
        if escaped {
            escaped = false;
        } else if c == '\\' && !raw {
            escaped = true;
        } else if rest.get(at..).is_some_and(|rest| rest.starts_with(&mark)) {
            return at + mark.len();
        }
    }
    rest.len()
}

/// The length of a number, with the letters that belong to it.
fn number_length(rest: &str) -> usize {
    let mut letters = rest.char_indices().peekable();
    while let Some((at, c)) = letters.next() {
        let fraction = c == '.' && letters.peek().is_some_and(|(_, next)| next.is_ascii_digit());
        if !fraction && c != '_' && !c.is_alphanumeric() {
            return at;
        }
    }
    rest.len()
}

fn text_or_uuid(text: &str) -> Constant {
    match Uuid::try_parse(text) {
        // In another spelling it would be another text.
        Ok(uuid) if uuid.hyphenated().to_string() == text => Constant::Uuid(uuid),
        _ => Constant::Text(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shape(filter: &str) -> Option<(String, Vec<Constant>)> {
        Shape::of(filter).map(|shape| (shape.source, shape.constants))
    }

    #[test]
    fn nothing_of_a_constant_is_left() {
        for (filter, left) in [
            ("year == 1972 && name in'it'", "year == ? && name in?"),
            ("a1 == 1.5e-3 || b_2 >  0x1Fu", "a1 == ?-? || b_2 > ?"),
            (r#"a == 'it\'s' && b == r'\' && c == b"x""#, "a == ? && b == ? && c == ?"),
            ("a == '''it's'''  // and 'more'", "a == ?"),
            ("name in ['a', \"b\", 3,4]&&year in [ 1 , 2 ]", "name in [?]&&year in [ ? ]"),
            ("rb == 'secret' && r == 'x'", "rb == ? && r == ?"),
            (
                "meta['secret'] == -1 && at < timestamp('2026-01-01T00:00:00Z')",
                "meta[?] == -? && at < timestamp(?)",
            ),
            ("auth.id == owner && active == true", "auth.id == owner && active == true"),
            ("'ä' == ä1", "? == ä1"),
        ] {
            assert_eq!(without_constants(filter), left, "{filter}");
        }
        let long = format!("{}a == 'secret'", "ä == 1 && ".repeat(100));
        assert!(without_constants(&long).len() <= KEPT + 5);
    }

    #[test]
    fn constants_are_taken_out() {
        let (one, constants) = shape("year == 1972 && name in ['a', \"b'c\"]").unwrap();
        let (other, _) = shape("year == 7 && name in [\"\", 'x']").unwrap();
        assert_eq!(one, other);
        assert_eq!(
            constants,
            [Constant::Int(1972), Constant::Text("a".into()), Constant::Text("b'c".into())]
        );
        assert_ne!(one, shape("year == 7 && name in ['x']").unwrap().0);
        // Digits in names are no numbers.
        assert_eq!(shape("a1 == b_2").unwrap().1, []);
        let id = "018f0000-0000-7000-8000-000000000001";
        assert_eq!(shape(&format!("a == '{id}'")).unwrap().1, [Constant::Uuid(id.parse().unwrap())]);
        assert_ne!(shape(&format!("a == '{id}'")).unwrap().0, shape("a == 'x'").unwrap().0);
        for none in [
            "a == r'x'",
            r"a == '\n'",
            "a == '''x'''",
            "a == 1.5",
            "a == 1u",
            "a == 0x1",
            "a == 'x",
            "a // x",
        ] {
            assert_eq!(shape(none), None, "{none}");
        }
        // What looks like a stand-in is taken out as any constant is.
        assert_eq!(shape("a == '\u{f8ff}0'").unwrap().0, shape("a == 'x'").unwrap().0);
    }
}
