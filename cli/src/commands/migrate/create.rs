//! `neonex migrate create`: the skeleton of a migration, for whoever works on Neonex itself.
//!
//! A migration is a file of its own in `migrations/src/<scope>/`, and two lines in the `mod.rs` beside it.

use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::path::Path;

use neonex_core::clock::Timestamp;

use crate::args::{CreateArgs, MigrationScope};
use crate::exit::CommandError;
use crate::output;

pub(super) fn run(args: &CreateArgs, here: &Path, now: Timestamp) -> Result<(), CommandError> {
    let subject = Subject::parse(&args.name)?;
    let folder = checkout(here)?.join("migrations/src").join(scope_name(args.scope));
    let list_path = folder.join("mod.rs");
    let list = fs::read_to_string(&list_path).map_err(failed("could not be read", &list_path))?;
    let names: Vec<&str> = list.lines().filter_map(migration_of).collect();
    if let Some(taken) = names.iter().find(|name| name.get(NUMBERED..) == Some(subject.0)) {
        return Err(CommandError::Conflict(format!(
            "there is a migration `{taken}` already; choose another name"
        )));
    }
    let newest = names.last().copied().unwrap_or_default();
    let name = format!("{}_{}", number(newest, &today(now))?, subject.0);
    let path = folder.join(format!("{name}.rs"));
    if !args.dry_run {
        write_new(&path, &skeleton(&name, subject.0, args.scope))?;
        fs::write(&list_path, registered(&list, &name)?)
            .map_err(failed("could not be written", &list_path))?;
    }
    output::text(&format!("{}\n", path.display()))
}

/// Length of `m20261123_000001_`.
const NUMBERED: usize = 17;

/// What a migration is about.
struct Subject<'a>(&'a str);

impl<'a> Subject<'a> {
    fn parse(name: &'a str) -> Result<Self, CommandError> {
        let letters = |letter: char| letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '_';
        let right = name.starts_with(|letter: char| letter.is_ascii_lowercase())
            && name.len() <= 60
            && name.chars().all(letters)
            && !name.ends_with('_')
            && !name.contains("__");
        right.then_some(Self(name)).ok_or_else(|| {
            CommandError::Usage(format!(
                "`{name}` cannot name a migration: it must be at most 60 of a to z, 0 to 9 and single underscores, \
                 and start with a letter, such as `webhook_secrets`"
            ))
        })
    }
}

const fn scope_name(scope: MigrationScope) -> &'static str {
    match scope {
        MigrationScope::Control => "control",
        MigrationScope::Tenant => "tenant",
    }
}

/// The checkout that `here` lies in.
fn checkout(here: &Path) -> Result<&Path, CommandError> {
    let is_ours = |folder: &&Path| {
        let manifest = fs::read_to_string(folder.join("migrations/Cargo.toml"));
        manifest.is_ok_and(|manifest| manifest.contains("name = \"neonex-migrations\""))
    };
    here.ancestors().find(is_ours).ok_or_else(|| {
        CommandError::Usage(format!(
            "`{}` is not in a checkout of Neonex, which is where its migrations are written",
            here.display()
        ))
    })
}

/// The migration that a line of the list declares.
fn migration_of(line: &str) -> Option<&str> {
    let name = line.strip_prefix("mod ")?.strip_suffix(';')?;
    (name.starts_with('m') && name.len() > NUMBERED).then_some(name)
}

/// `20261123`
fn today(now: Timestamp) -> String {
    now.to_string().chars().filter(char::is_ascii_digit).take(8).collect()
}

/// The next number after `newest`: the first of `today`, or the one after, if `newest` is of today or of a day that
/// this machine's clock has not reached.
fn number(newest: &str, today: &str) -> Result<String, CommandError> {
    let day = newest.get(1..9).unwrap_or_default();
    if day < today {
        return Ok(format!("m{today}_000001"));
    }
    let number =
        newest.get(10..16).and_then(|digits| digits.parse::<u32>().ok()).filter(|last| *last < 999_999);
    let number = number.ok_or_else(|| CommandError::Conflict(format!("no number follows `{newest}`")))?;
    Ok(format!("m{day}_{:06}", number + 1))
}

/// The list with `name` at its end.
fn registered(list: &str, name: &str) -> Result<String, CommandError> {
    let broken = || CommandError::Conflict("the list of migrations does not have its usual form".to_owned());
    let (modules, entries) = list.rsplit_once("\nmod ").ok_or_else(broken)?;
    let (newest, entries) = entries.split_once('\n').ok_or_else(broken)?;
    let (entries, rest) = entries.split_once("\n];").ok_or_else(broken)?;
    Ok(format!("{modules}\nmod {newest}\nmod {name};\n{entries}\n    {name}::MIGRATION,\n];{rest}"))
}

fn skeleton(name: &str, subject: &str, scope: MigrationScope) -> String {
    let title = subject.replace('_', " ");
    let tenant = match scope {
        MigrationScope::Control => "",
        MigrationScope::Tenant => "\n        // Every table has `tenant_id {uuid} NOT NULL`.",
    };
    format!(
        "//! Migration: {title}.

use crate::Migration;

pub(super) const MIGRATION: Migration = Migration {{
    name: \"{name}\",
    tables: &[],
    up: &[
        // Words in braces are those of `Dialect::render`. Each statement may be run again: `IF NOT EXISTS`.{tenant}
    ],
    down: &[
        // What `up` made, newest first.
    ],
}};
"
    )
}

/// Never overwrites.
fn write_new(path: &Path, text: &str) -> Result<(), CommandError> {
    let file = OpenOptions::new().write(true).create_new(true).open(path);
    file.and_then(|mut file| file.write_all(text.as_bytes())).map_err(failed("could not be written", path))
}

fn failed(what: &str, path: &Path) -> impl FnOnce(std::io::Error) -> CommandError {
    CommandError::io(format!("`{}` {what}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIST: &str = "//! List.

use crate::Migration;

mod m20261123_000001_foundation;

const M: X = &[
    // Oldest first.
    m20261123_000001_foundation::MIGRATION,
];
";

    #[test]
    fn numbers_follow_the_newest_even_where_the_clock_is_behind() {
        let newest = "m20261123_000009_foundation";
        assert_eq!(number(newest, "20261124").unwrap(), "m20261124_000001");
        assert_eq!(number(newest, "20261123").unwrap(), "m20261123_000010");
        assert_eq!(number(newest, "20261001").unwrap(), "m20261123_000010");
        assert!(number("m20261123_999999_last", "20261123").is_err());
    }

    #[test]
    fn a_migration_is_registered_last() {
        insta::assert_snapshot!(registered(LIST, "m20261124_000001_webhooks").unwrap(), @r"
        //! List.

        use crate::Migration;

        mod m20261123_000001_foundation;
        mod m20261124_000001_webhooks;

        const M: X = &[
            // Oldest first.
            m20261123_000001_foundation::MIGRATION,
            m20261124_000001_webhooks::MIGRATION,
        ];
        ");
        assert!(registered("", "m20261124_000001_webhooks").is_err());
    }

    #[test]
    fn subjects_are_plain_words() {
        assert!(Subject::parse("webhook_secrets2").is_ok());
        for wrong in ["", "Webhooks", "2fa", "_a", "a_", "a__b", "a-b", "../a", "a b"] {
            assert!(Subject::parse(wrong).is_err(), "{wrong}");
        }
    }
}
