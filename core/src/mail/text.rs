//! Texts with places in them, in the part of Mustache that says nothing about how a value comes about: `{{name}}` is a
//! value, `{{#name}}…{{/name}}` stands where there is one, `{{^name}}…{{/name}}` where there is none.
//!
//! Tenants write these, and they are filled in on a machine that serves others too. There is no loop, no call and no
//! way to name anything but the values that are given, so a text takes as long as it is long.

/// How deep sections may stand within each other.
const DEEPEST: usize = 8;

/// A text that has been read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Text(Vec<Part>);

#[derive(Debug, Clone, PartialEq, Eq)]
enum Part {
    Plain(String),
    Value(String),
    Section { name: String, there: bool, parts: Vec<Part> },
}

/// How a value is written into a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Escape {
    /// As it is.
    None,
    /// In one line.
    Line,
    /// As the content or a quoted attribute of HTML.
    Html,
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(super) enum TextError {
    #[error("line {line}: `{{{{` begins a place, which ends with `}}}}` on the same line")]
    Open { line: usize },
    #[error(
        "line {line}: `{{{{{tag}}}}}` is no place: write `{{{{name}}}}`, `{{{{#name}}}}`, `{{{{^name}}}}` or `{{{{/name}}}}`"
    )]
    Tag { line: usize, tag: String },
    #[error("line {line}: `{{{{/{name}}}}}` closes what is not open")]
    Closed { line: usize, name: String },
    #[error("`{name}` is opened and not closed")]
    Unclosed { name: String },
    #[error("line {line}: sections stand at most {DEEPEST} deep in each other")]
    Deep { line: usize },
    #[error("there is no value `{name}` here; there are {}", known.join(", "))]
    Unknown { name: String, known: Vec<&'static str> },
}

/// A section that is not closed yet.
struct Open {
    name: String,
    there: bool,
    before: Vec<Part>,
}

struct Reader {
    parts: Vec<Part>,
    open: Vec<Open>,
    line: usize,
}

impl Text {
    /// Reads a text.
    pub(super) fn read(text: &str) -> Result<Self, TextError> {
        let mut reader = Reader { parts: Vec::new(), open: Vec::new(), line: 0 };
        for line in text.split_inclusive('\n') {
            reader.line += 1;
            reader.line(line)?;
        }
        match reader.open.pop() {
            Some(open) => Err(TextError::Unclosed { name: open.name }),
            None => Ok(Self(reader.parts)),
        }
    }

    /// The same text, if it names no other values than these.
    pub(super) fn with_values(self, known: &[&'static str]) -> Result<Self, TextError> {
        match first_unknown(&self.0, known) {
            Some(name) => Err(TextError::Unknown { name: name.to_owned(), known: known.to_vec() }),
            None => Ok(self),
        }
    }

    /// The text with its values.
    pub(super) fn fill<'v>(&self, escape: Escape, value: impl Fn(&str) -> Option<&'v str>) -> String {
        let mut filled = String::new();
        fill(&self.0, escape, &value, &mut filled);
        filled
    }
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), TextError> {
        // A line that holds nothing but the beginning or the end of a section is not there.
        let bare = line.trim();
        let alone = bare.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}"));
        if let Some(tag) = alone.filter(|tag| tag.starts_with(['#', '^', '/']) && !tag.contains("}}")) {
            return self.tag(tag);
        }
        let mut rest = line;
        while let Some((before, after)) = rest.split_once("{{") {
            let (tag, after) = after.split_once("}}").ok_or(TextError::Open { line: self.line })?;
            self.plain(before);
            self.tag(tag)?;
            rest = after;
        }
        self.plain(rest);
        Ok(())
    }

    fn plain(&mut self, text: &str) {
        match self.parts.last_mut() {
            Some(Part::Plain(before)) => before.push_str(text),
            _ if text.is_empty() => {}
            _ => self.parts.push(Part::Plain(text.to_owned())),
        }
    }

    fn tag(&mut self, tag: &str) -> Result<(), TextError> {
        let (sign, name) = match tag.split_at_checked(1) {
            Some((sign @ ("#" | "^" | "/"), name)) => (sign, name.trim()),
            _ => ("", tag.trim()),
        };
        let letter = |letter: char| letter.is_ascii_lowercase() || letter == '_';
        if name.is_empty() || !name.chars().all(letter) {
            let tag = tag.chars().take(40).collect();
            return Err(TextError::Tag { line: self.line, tag });
        }
        let name = name.to_owned();
        match sign {
            "" => self.parts.push(Part::Value(name)),
            "/" => match self.open.pop() {
                Some(open) if open.name == name => {
                    let parts = std::mem::replace(&mut self.parts, open.before);
                    self.parts.push(Part::Section { name, there: open.there, parts });
                }
                _ => return Err(TextError::Closed { line: self.line, name }),
            },
            sign => {
                if self.open.len() >= DEEPEST {
                    return Err(TextError::Deep { line: self.line });
                }
                let before = std::mem::take(&mut self.parts);
                self.open.push(Open { name, there: sign == "#", before });
            }
        }
        Ok(())
    }
}

fn first_unknown<'p>(parts: &'p [Part], known: &[&str]) -> Option<&'p str> {
    parts.iter().find_map(|part| match part {
        Part::Plain(_) => None,
        Part::Value(name) => (!known.contains(&name.as_str())).then_some(name.as_str()),
        Part::Section { name, .. } if !known.contains(&name.as_str()) => Some(name.as_str()),
        Part::Section { parts, .. } => first_unknown(parts, known),
    })
}

fn fill<'v>(parts: &[Part], escape: Escape, value: &impl Fn(&str) -> Option<&'v str>, filled: &mut String) {
    for part in parts {
        match part {
            Part::Plain(text) => filled.push_str(text),
            Part::Value(name) => escape.write(value(name).unwrap_or_default(), filled),
            Part::Section { name, there, parts } => {
                if value(name).is_some() == *there {
                    fill(parts, escape, value, filled);
                }
            }
        }
    }
}

impl Escape {
    fn write(self, value: &str, out: &mut String) {
        match self {
            Self::None => out.push_str(value),
            Self::Line => out.extend(value.chars().map(|c| if c.is_control() { ' ' } else { c })),
            Self::Html => value.chars().for_each(|letter| match letter {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' => out.push_str("&quot;"),
                '\'' => out.push_str("&#39;"),
                letter => out.push(letter),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, escape: Escape) -> String {
        let value = |name: &str| match name {
            "link" => Some("https://a.example/?a=1&b=\"<x>'"),
            "app" => Some("Acme\r\nBcc: all@example.com"),
            _ => None,
        };
        Text::read(text).unwrap().fill(escape, value)
    }

    #[test]
    fn values_stand_in_their_places() {
        assert_eq!(filled("at {{ app }}.", Escape::Line), "at Acme  Bcc: all@example.com.");
        assert_eq!(
            filled("<a href=\"{{link}}\">", Escape::Html),
            "<a href=\"https://a.example/?a=1&amp;b=&quot;&lt;x&gt;&#39;\">"
        );
        assert_eq!(
            filled(
                "{{#link}}a{{/link}}{{^link}}b{{/link}}{{#code}}c{{/code}}{{^code}}d{{/code}}",
                Escape::None
            ),
            "ad"
        );
        assert_eq!(
            filled("1\n  {{#link}} \n2\n{{/link}}\n{{^link}}\n3\n{{/link}}\n4", Escape::None),
            "1\n2\n4"
        );
        assert_eq!(filled("} {a} }} {", Escape::None), "} {a} }} {");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let read = |text: &str| {
            Text::read(text).and_then(|text| text.with_values(&["link"])).unwrap_err().to_string()
        };
        assert_eq!(read("{{name}}"), "there is no value `name` here; there are link");
        assert_eq!(
            read("{{#link}}{{^other}}{{/other}}{{/link}}"),
            "there is no value `other` here; there are link"
        );
        assert_eq!(read("a\n{{#link}}"), "`link` is opened and not closed");
        assert_eq!(read("a\n\n{{/link}}"), "line 3: `{{/link}}` closes what is not open");
        assert_eq!(read("{{#link}}{{#a}}{{/link}}"), "line 1: `{{/link}}` closes what is not open");
        assert_eq!(
            read("a {{link\n}}"),
            "line 1: `{{` begins a place, which ends with `}}` on the same line"
        );
        for wrong in ["{{}}", "{{{link}}}", "{{>file}}", "{{link | upper}}", "{{a.b}}", "{{=<% %>=}}"] {
            assert!(read(wrong).contains("is no place"), "{wrong}");
        }
        let deep = "{{#link}}".repeat(9) + &"{{/link}}".repeat(9);
        assert_eq!(read(&deep), "line 1: sections stand at most 8 deep in each other");
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_written_is_read_or_refused(text in "([{}#^/a-c \n]|\\{\\{|\\}\\}){0,200}") {
            if let Ok(read) = Text::read(&text) {
                let filled = read.fill(Escape::Html, |_| None);
                proptest::prop_assert!(filled.len() <= text.len());
            }
        }
    }
}
