//! Words that are searched for, and how each database is asked for them.
//!
//! Nothing that a client sends reaches a database's own language of searches but words, which are letters and digits.

mod highlight;

pub(super) use self::highlight::Highlighter;
use crate::dialect::Dialect;
use crate::invalid::Invalid;

/// Characters of a search.
const MAX_LENGTH: usize = 1_000;
/// Words of a search.
const MAX_WORDS: usize = 32;

/// Small letters with accents, by the plain letter that they are found by.
pub(crate) const FOLDED: &[(char, &str)] = &[
    ('a', "àáâãäåāăą"),
    ('c', "çćĉċč"),
    ('d', "ď"),
    ('e', "èéêëēĕėęě"),
    ('g', "ĝğġģ"),
    ('h', "ĥ"),
    ('i', "ìíîïĩīĭį"),
    ('j', "ĵ"),
    ('k', "ķ"),
    ('l', "ĺļľ"),
    ('n', "ñńņň"),
    ('o', "òóôõöōŏő"),
    ('r', "ŕŗř"),
    ('s', "śŝşš"),
    ('t', "ţť"),
    ('u', "ùúûüũūŭůűų"),
    ('w', "ŵ"),
    ('y', "ýÿŷ"),
    ('z', "źżž"),
];

/// A word in small letters without accents.
fn folded(word: &str) -> String {
    let plain = |letter: char| {
        let found = FOLDED.iter().find(|(_, accented)| accented.contains(letter));
        found.map_or(letter, |(plain, _)| *plain)
    };
    word.to_lowercase().chars().map(|letter| if letter.is_ascii() { letter } else { plain(letter) }).collect()
}

/// What is searched for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Search(Vec<Term>);

#[derive(Debug, Clone, PartialEq, Eq)]
struct Term {
    /// One after another in the text.
    words: Vec<String>,
    /// Whether the last is only the beginning of one.
    prefix: bool,
    /// Whether they must not be there.
    excluded: bool,
}

impl Search {
    /// Reads words apart by blanks, `"phrases"`, `beginnings*`, and `-` before what must not be there.
    pub(super) fn read(text: &str) -> Result<Self, Invalid> {
        if text.chars().count() > MAX_LENGTH {
            let message = format!("a search has at most {MAX_LENGTH} characters");
            return Err(Invalid::one("/search", "too_long", message));
        }
        let mut terms: Vec<Term> = Vec::new();
        let mut rest = text.trim_start();
        while !rest.is_empty() {
            let excluded = rest.starts_with('-');
            rest = rest.strip_prefix('-').unwrap_or(rest);
            let (part, after) = match rest.strip_prefix('"') {
                Some(phrase) => phrase.split_once('"').unwrap_or((phrase, "")),
                None => rest.split_once(char::is_whitespace).unwrap_or((rest, "")),
            };
            // What stands right after a phrase is a part of it, or a term of its own.
            let after = after.strip_prefix('*').map_or((after, false), |after| (after, true));
            let prefix = after.1 || (part.ends_with('*') && !rest.starts_with('"'));
            rest = after.0.trim_start();
            let words: Vec<String> = words(part).map(str::to_lowercase).collect();
            if !words.is_empty() {
                terms.push(Term { words, prefix, excluded });
            }
        }
        if terms.iter().all(|term| term.excluded) {
            let message = "a search names a word that must be there";
            return Err(Invalid::one("/search", "no_words", message));
        }
        if terms.iter().map(|term| term.words.len()).sum::<usize>() > MAX_WORDS {
            return Err(Invalid::one(
                "/search",
                "too_many",
                format!("a search has at most {MAX_WORDS} words"),
            ));
        }
        Ok(Self(terms))
    }

    /// The search as the database's own language has it.
    pub(super) fn as_query(&self, dialect: Dialect) -> String {
        let (wanted, unwanted): (Vec<_>, Vec<_>) = self.0.iter().partition(|term| !term.excluded);
        let each =
            |terms: Vec<&Term>| terms.into_iter().map(|term| term.as_query(dialect)).collect::<Vec<_>>();
        let (wanted, unwanted) = (each(wanted), each(unwanted));
        match dialect {
            Dialect::Sqlite => {
                let unwanted = unwanted.iter().map(|term| format!(" NOT {term}"));
                format!("({}){}", wanted.join(" AND "), unwanted.collect::<String>())
            }
            Dialect::Postgres => {
                let unwanted = unwanted.iter().map(|term| format!(" & !({term})"));
                format!("{}{}", wanted.join(" & "), unwanted.collect::<String>())
            }
            Dialect::MariaDb => {
                let unwanted = unwanted.iter().map(|term| format!(" -{term}"));
                let wanted: Vec<_> = wanted.iter().map(|term| format!("+{term}")).collect();
                format!("{}{}", wanted.join(" "), unwanted.collect::<String>())
            }
        }
    }
}

impl Term {
    fn as_query(&self, dialect: Dialect) -> String {
        match dialect {
            Dialect::Sqlite => {
                let star = if self.prefix { " *" } else { "" };
                format!("\"{}\"{star}", self.words.join(" "))
            }
            Dialect::Postgres => {
                let words: Vec<_> = self.words.iter().map(|word| folded(word)).collect();
                format!("({}{})", words.join(" <-> "), if self.prefix { ":*" } else { "" })
            }
            Dialect::MariaDb => {
                let words: Vec<_> = self.words.iter().map(|word| format!("nx{word}")).collect();
                match words.as_slice() {
                    [word] if self.prefix => format!("{word}*"),
                    [word] => word.clone(),
                    // A phrase ends with a whole word here: its last word's beginning stands beside it.
                    [phrase @ .., last] if self.prefix => format!("(+\"{}\" +{last}*)", phrase.join(" ")),
                    _ => format!("\"{}\"", words.join(" ")),
                }
            }
        }
    }
}

/// Its words: what is neither letter nor digit stands between them.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_reach_a_database() {
        let cases = [
            ("Zürich", "(\"zürich\")", "(zurich)", "+nxzürich"),
            (
                "a -b c* \"d e\"",
                "(\"a\" AND \"c\" * AND \"d e\") NOT \"b\"",
                "(a) & (c:*) & (d <-> e) & !((b))",
                "+nxa +nxc* +\"nxd nxe\" -nxb",
            ),
            ("foo-ba*", "(\"foo ba\" *)", "(foo <-> ba:*)", "+(+\"nxfoo\" +nxba*)"),
            ("x\" OR y:* NEAR(", "(\"x\" AND \"or\" AND \"y\" * AND \"near\")", "", ""),
            ("it's <a> & (b) | !c '\\", "(\"it s\" AND \"a\" AND \"b\" AND \"c\")", "", ""),
            ("-\"d e\" a", "(\"a\") NOT \"d e\"", "(a) & !((d <-> e))", "+nxa -\"nxd nxe\""),
        ];
        for (text, sqlite, postgres, mariadb) in cases {
            let search = Search::read(text).unwrap();
            assert_eq!(search.as_query(Dialect::Sqlite), sqlite, "{text}");
            if !postgres.is_empty() {
                assert_eq!(search.as_query(Dialect::Postgres), postgres, "{text}");
                assert_eq!(search.as_query(Dialect::MariaDb), mariadb, "{text}");
            }
        }
        for text in ["", " ", "-a", "*", "\"\"", "- -", "!!"] {
            assert_eq!(Search::read(text).unwrap_err().details()[0].code, "no_words", "{text}");
        }
        assert_eq!(Search::read(&"a ".repeat(33)).unwrap_err().details()[0].code, "too_many");
        assert_eq!(Search::read(&"a".repeat(1_001)).unwrap_err().details()[0].code, "too_long");
    }
}
