//! From text to values. What a text must be is said by the setting, so these only say whether it is.

use std::num::NonZeroU32;
use std::ops::RangeInclusive;
use std::time::Duration;

use jiff::SignedDuration;
use url::Url;

use super::secret::Secret;

/// A whole number in `range`.
pub(super) fn number(text: &str, range: RangeInclusive<usize>) -> Option<usize> {
    text.parse().ok().filter(|number| range.contains(number))
}

/// A whole number of at least one.
pub(super) fn positive(text: &str) -> Option<NonZeroU32> {
    text.parse().ok()
}

/// `on` or `off`.
pub(super) fn switch(text: &str) -> Option<bool> {
    match text {
        "on" | "true" => Some(true),
        "off" | "false" => Some(false),
        _ => None,
    }
}

/// A length of time with its unit, such as `30s`, from a millisecond to a day.
pub(super) fn duration(text: &str) -> Option<Duration> {
    let duration: SignedDuration = text.parse().ok()?;
    let duration = Duration::try_from(duration).ok()?;
    (Duration::from_millis(1)..=Duration::from_hours(24)).contains(&duration).then_some(duration)
}

/// A number of bytes: `1MiB`, `64KiB`, `1048576`.
pub(super) fn bytes(text: &str) -> Option<usize> {
    let digits = text.trim_end_matches(|letter: char| letter.is_ascii_alphabetic());
    let unit = match text.get(digits.len()..)? {
        "" | "B" => 1,
        "KiB" => 1 << 10,
        "MiB" => 1 << 20,
        "GiB" => 1 << 30,
        _ => return None,
    };
    digits.trim_end().parse::<usize>().ok()?.checked_mul(unit).filter(|bytes| *bytes > 0)
}

/// The parts of a list.
pub(super) fn list<T>(text: &str, item: impl Fn(&str) -> Option<T>) -> Option<Vec<T>> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(item).collect()
}

/// The address of a server, under one of `schemes`.
pub(super) fn server_url(text: &str, schemes: &[&str]) -> Option<Secret<String>> {
    let url = Url::parse(text).ok()?;
    let known = schemes.contains(&url.scheme()) && url.host_str().is_some_and(|host| !host.is_empty());
    known.then(|| Secret::new(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_a_unit_and_a_limit() {
        assert_eq!(duration("30s"), Some(Duration::from_secs(30)));
        assert_eq!(duration("1m 30s"), Some(Duration::from_secs(90)));
        assert_eq!(duration("250ms"), Some(Duration::from_millis(250)));
        for wrong in ["30", "0s", "-1s", "25h", "soon", ""] {
            assert_eq!(duration(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn bytes_have_binary_units() {
        assert_eq!(bytes("1MiB"), Some(1_048_576));
        assert_eq!(bytes("64 KiB"), Some(65_536));
        assert_eq!(bytes("10"), Some(10));
        for wrong in ["0", "1MB", "1.5MiB", "-1", "MiB", "99999999999999999999", "18446744073709551615GiB"] {
            assert_eq!(bytes(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn lists_are_right_as_a_whole() {
        assert_eq!(list("1, 2,", |part| part.parse::<u8>().ok()), Some(vec![1, 2]));
        assert_eq!(list("1,x", |part| part.parse::<u8>().ok()), None);
        assert_eq!(list("", |part| part.parse::<u8>().ok()), Some(vec![]));
    }
}
