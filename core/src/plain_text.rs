//! The text of HTML, as it is searched.

/// HTML without its tags, and with a blank for each. Named characters stay as they are written.
pub(crate) fn without_tags(html: &str) -> String {
    let mut plain = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        plain.push_str(before);
        plain.push(' ');
        let Some((_, after)) = tag.split_once('>') else { return plain };
        rest = after;
    }
    plain.push_str(rest);
    plain
}

/// The words of HTML: neither tags nor named characters.
pub(crate) fn words_of(html: &str) -> String {
    let plain = without_tags(html);
    let mut words = String::with_capacity(plain.len());
    let mut rest = plain.as_str();
    while let Some((before, name)) = rest.split_once('&') {
        words.push_str(before);
        words.push(' ');
        rest = match name.split_once(';') {
            Some((name, after))
                if name.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '#') =>
            {
                after
            }
            _ => name,
        };
    }
    words.push_str(rest);
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_no_words() {
        assert_eq!(without_tags("<p class=\"a\">R&amp;D<br>done</p>"), " R&amp;D done ");
        assert_eq!(words_of("<p class=\"a\">R&amp;D&nbsp;now <b>or</b> never"), " R D now  or  never");
        assert_eq!(words_of("a & b; c &"), "a   b; c  ");
        assert_eq!(without_tags("a < b"), "a  ");
    }
}
