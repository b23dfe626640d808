//! `If-Match` and `If-None-Match` (RFC 9110 §13).

use neonex_core::version::{ETag, Precondition};

use crate::problem::Problem;

/// What a write asks of what it writes over.
pub(crate) fn precondition(
    if_match: Option<&str>,
    if_none_match: Option<&str>,
) -> Result<Precondition, Problem> {
    match (if_match.map(str::trim), if_none_match.map(str::trim)) {
        (None, None) => Ok(Precondition::None),
        (Some("*"), None) => Ok(Precondition::Exists),
        (Some(tags), None) => {
            // Strong comparison: a weak tag matches nothing.
            let tags: Vec<_> = tags.split(',').map(|tag| tag.trim().to_owned()).collect();
            let quoted = |tag: &String| tag.trim_start_matches("W/").starts_with('"') && tag.ends_with('"');
            if tags.iter().all(quoted) {
                Ok(Precondition::OneOf(tags))
            } else {
                Err(refused("If-Match", "write tags in their quotes, as \"5f3a\", or `*`"))
            }
        }
        (None, Some("*")) => Ok(Precondition::Absent),
        (None, Some(_)) => Err(refused("If-None-Match", "on a write it can only be `*`")),
        (Some(_), Some(_)) => Err(refused("If-None-Match", "send this or If-Match, not both")),
    }
}

fn refused(header: &str, message: &str) -> Problem {
    let problem = Problem::bad_request("invalid_parameter", "A header cannot be accepted as it is.");
    problem.error(header, "invalid_precondition", message)
}

/// Whether `If-None-Match` holds the tag: weak comparison, for a proxy may have compressed the answer.
pub(crate) fn shows(if_none_match: &str, etag: &str) -> bool {
    let mut tags = if_none_match.split(',').map(str::trim);
    tags.any(|tag| tag == "*" || tag.trim_start_matches("W/") == etag)
}

/// Whether the client has that version.
pub(crate) fn is_known(if_none_match: Option<&str>, etag: ETag) -> bool {
    if_none_match.is_some_and(|sent| shows(sent, &etag.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sent_is_understood_or_refused() {
        assert_eq!(precondition(None, None).unwrap(), Precondition::None);
        assert_eq!(precondition(Some("*"), None).unwrap(), Precondition::Exists);
        assert_eq!(precondition(None, Some(" * ")).unwrap(), Precondition::Absent);
        let two = Precondition::OneOf(vec!["\"a\"".to_owned(), "W/\"b\"".to_owned()]);
        assert_eq!(precondition(Some("\"a\", W/\"b\""), None).unwrap(), two);
        for (if_match, if_none_match) in [(Some("a"), None), (None, Some("\"a\"")), (Some("*"), Some("*"))] {
            assert!(precondition(if_match, if_none_match).is_err(), "{if_match:?} {if_none_match:?}");
        }
    }

    #[test]
    fn a_tag_the_client_has_is_found_among_several() {
        assert!(shows("\"x\", W/\"a\"", "\"a\"") && shows("*", "\"a\"") && !shows("\"b\"", "\"a\""));
    }
}
