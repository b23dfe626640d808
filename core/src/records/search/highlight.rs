//! What was found, shown where it stands.

use super::{Search, folded};
use crate::collections::FieldType;
use crate::plain_text::without_tags;

/// Characters that are shown before the first word that was found, and in all.
const BEFORE: usize = 60;
const SHOWN: usize = 240;

/// Marks words in texts.
#[derive(Debug, Clone)]
pub(crate) struct Highlighter {
    /// A word, folded, and whether it is only the beginning of one.
    words: Vec<(String, bool)>,
}

impl Highlighter {
    pub(crate) fn new(search: &Search) -> Self {
        let wanted = search.0.iter().filter(|term| !term.excluded);
        let words = wanted.flat_map(|term| {
            let last = term.words.len() - 1;
            term.words.iter().enumerate().map(move |(at, word)| (folded(word), term.prefix && at == last))
        });
        Self { words: words.collect() }
    }

    /// An excerpt as HTML with `<mark>` around each word that was found; `None` where there is none.
    pub(crate) fn excerpt(&self, kind: &FieldType, text: &str) -> Option<String> {
        // Without its tags rich text is HTML as it is.
        let is_html = matches!(kind, FieldType::RichText { .. });
        let plain = if is_html { without_tags(text) } else { text.to_owned() };
        let pieces = pieces(&plain, is_html);
        let first = pieces.iter().position(|piece| self.finds(piece))?;
        let mut start = first;
        let mut before = 0;
        while let Some(piece) = start.checked_sub(1).and_then(|at| pieces.get(at)) {
            before += piece.chars().count();
            if before > BEFORE {
                break;
            }
            start -= 1;
        }
        let mut html = String::from(if start > 0 { "…" } else { "" });
        let mut shown = 0;
        for piece in pieces.iter().skip(start) {
            shown += piece.chars().count();
            if shown > SHOWN && html.contains("<mark>") {
                html.push('…');
                break;
            }
            if self.finds(piece) {
                html.extend(["<mark>", *piece, "</mark>"]);
            } else if is_html {
                html.push_str(piece);
            } else {
                escape(piece, &mut html);
            }
        }
        Some(html)
    }

    fn finds(&self, piece: &str) -> bool {
        if !piece.starts_with(char::is_alphanumeric) {
            return false;
        }
        let word = folded(piece);
        self.words.iter().any(
            |(wanted, prefix)| {
                if *prefix { word.starts_with(wanted.as_str()) } else { word == *wanted }
            },
        )
    }
}

/// Words, and what stands between them. The names of characters in HTML are no words.
fn pieces(text: &str, is_html: bool) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let name = if is_html && first == '&' { rest.find(';').map(|end| end + 1) } else { None };
        let end = name.unwrap_or_else(|| {
            let is_word = first.is_alphanumeric();
            let other = |letter: char| letter.is_alphanumeric() != is_word || (is_html && letter == '&');
            let after = rest.get(first.len_utf8()..).unwrap_or_default();
            after.find(other).map_or(rest.len(), |end| end + first.len_utf8())
        });
        let (piece, after) = rest.split_at(end);
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn escape(text: &str, out: &mut String) {
    for letter in text.chars() {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            letter => out.push(letter),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_marked_and_all_else_is_escaped() {
        let text = FieldType::Text { min_length: None, max_length: None, pattern: None };
        let rich = FieldType::RichText { max_length: None };
        let marks = |search: &str, kind: &FieldType, text: &str| {
            Highlighter::new(&Search::read(search).unwrap()).excerpt(kind, text)
        };
        let found = |html: &str| Some(html.to_owned());
        assert_eq!(
            marks("konig", &text, "<b>König</b> & co"),
            found("&lt;b&gt;<mark>König</mark>&lt;/b&gt; &amp; co")
        );
        assert_eq!(marks("kön*", &text, "Königin"), found("<mark>Königin</mark>"));
        assert_eq!(marks("b", &rich, "<b>a</b> b &amp; c"), found(" a  <mark>b</mark> &amp; c"));
        assert_eq!(marks("amp", &rich, "a &amp; c"), None);
        assert_eq!(marks("x -a", &text, "a b"), None);
        let long = format!("{}needle {}", "hay ".repeat(100), "straw ".repeat(100));
        let excerpt = marks("needle", &text, &long).unwrap();
        assert!(excerpt.starts_with("… hay") || excerpt.starts_with("…hay"), "{excerpt}");
        assert!(excerpt.contains("<mark>needle</mark>") && excerpt.ends_with('…'), "{excerpt}");
        assert!(excerpt.chars().count() < 300, "{excerpt}");
    }
}
