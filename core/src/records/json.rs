//! JSON as it is stored: the text that was sent, as far as it means the same everywhere.
//!
//! What is kept is read by three databases, each in its own way: where an object has a key twice, where half of a pair of
//! surrogates stands alone, where a number is beyond all doubles, or where nesting goes deeper than MariaDB's functions
//! follow. None of these is taken. An escape in a key is found by some and not by others, so keys are written with as few
//! escapes as JSON needs.

use std::collections::HashSet;

use serde_json::value::RawValue;

use super::value::write_string;

/// How deep lists and objects may stand within one another: MariaDB's functions follow no further.
const MAX_DEPTH: usize = 31;

/// The text as it is stored; `None` where it does not mean the same everywhere.
pub(super) fn stored(sent: &RawValue) -> Option<Box<RawValue>> {
    let text = sent.get();
    let mut written = Vec::with_capacity(text.len());
    let mut open: Vec<Open> = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.bytes().next() {
        let length = match first {
            b'"' => {
                let length = text_length(rest);
                let read: String = serde_json::from_str(rest.get(..length)?).ok()?;
                if read.contains('\0') {
                    return None;
                }
                match open.last_mut() {
                    Some(Open { keys: Some(keys), is_key }) if *is_key => {
                        *is_key = false;
                        write_string(&read, &mut written);
                        if !keys.insert(read) {
                            return None;
                        }
                    }
                    _ => written.extend_from_slice(rest.get(..length)?.as_bytes()),
                }
                length
            }
            b'-' | b'0'..=b'9' => {
                let end = rest.find(|c: char| !matches!(c, '0'..='9' | '+' | '-' | '.' | 'e' | 'E'));
                let (number, _) = rest.split_at_checked(end.unwrap_or(rest.len()))?;
                if !number.parse::<f64>().ok()?.is_finite() {
                    return None;
                }
                written.extend_from_slice(number.as_bytes());
                number.len()
            }
            other => {
                match other {
                    b'{' => open.push(Open { keys: Some(HashSet::new()), is_key: true }),
                    b'[' => open.push(Open { keys: None, is_key: false }),
                    b'}' | b']' => drop(open.pop()),
                    b',' => {
                        if let Some(open) = open.last_mut() {
                            open.is_key = true;
                        }
                    }
                    _ => {}
                }
                if open.len() > MAX_DEPTH {
                    return None;
                }
                written.push(other);
                1
            }
        };
        rest = rest.get(length..)?;
    }
    RawValue::from_string(String::from_utf8(written).ok()?).ok()
}

/// A list or an object that has begun.
struct Open {
    /// Of an object, the keys that it has so far.
    keys: Option<HashSet<String>>,
    /// Whether a text that comes next is a key, of an object.
    is_key: bool,
}

/// The length of a text that begins with its quote, of which JSON says that it ends.
fn text_length(rest: &str) -> usize {
    let mut escaped = false;
    for (at, byte) in rest.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return at + 1,
            _ => {}
        }
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stored(text: &str) -> Option<String> {
        let sent = RawValue::from_string(text.to_owned()).unwrap();
        super::stored(&sent).map(|stored| stored.get().to_owned())
    }

    #[test]
    fn what_was_sent_is_kept() {
        for text in [
            r#"{"b":1,"a":[null,true,{"b":[]}],"":-0.0}"#,
            "12345678901234567890123.10",
            "1e-400",
            "[ 1 , { \"a\" : \"x\" } ]",
            r#""a\"\\\n\u0001\u00e9\ud83d\ude00é😀\/""#,
            r#"[{"a":1},{"a":2}]"#,
            r#"{"a":{"a":{"a":"a"}},"b":["a","a"]}"#,
            "null",
        ] {
            assert_eq!(stored(text).as_deref(), Some(text));
        }
        assert_eq!(stored(r#"{"\u0061\/\n":"\u00e9"}"#).unwrap(), r#"{"a/\n":"\u00e9"}"#);
        assert_eq!(stored(r#""\\u0000""#).unwrap(), r#""\\u0000""#);
    }

    #[test]
    fn what_databases_read_in_their_own_ways_is_refused() {
        let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
        assert!(stored(&deep(MAX_DEPTH)).is_some());
        for text in [
            r#"{"a":1,"b":2,"a":3}"#,
            r#"{"a":1,"\u0061":3}"#,
            r#"[[{"x":{"b":1},"x":2}]]"#,
            r#""\ud800""#,
            r#"{"\udc00":1}"#,
            r#"["a\u0000b"]"#,
            r#"{"a":1e999}"#,
            "-1e400",
            &deep(MAX_DEPTH + 1),
        ] {
            assert_eq!(stored(text), None, "{text}");
        }
    }
}
