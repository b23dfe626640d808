//! The configuration reference, written from the table of settings.

use std::fmt::Write as _;

use super::SECTIONS;
use super::setting::{Setting, Unset};

const INTRODUCTION: &str = "\
<!-- Generated: `make generate` writes this file from the settings in cli/src/config/. -->

# Configuration

A setting comes from the first of these that has it:

1. a flag of the command;
2. its environment variable;
3. for secrets, the file that the variable with `_FILE` at its end names;
4. the configuration file: `--config FILE`, else `NEONEX_CONFIG`, else `neonex.toml` in the current folder if it
   is there;
5. its default.

A variable that is set but empty counts as not set. A setting or a `NEONEX_` variable that is not known is an error,
except for `NEONEX_URL`, `NEONEX_TOKEN` and `NEONEX_TENANT`, which belong to clients (the SDK), and `NEONEX_TEST_…`,
which belong to the tests. In the environment, parts of a list are separated by commas. Relative paths start at the
current folder.

`neonex config check` names everything that is wrong at once. `neonex config show --origin` prints what is in force
and where it comes from, with secrets masked.
";

/// The reference as Markdown.
pub fn reference() -> String {
    let mut out = INTRODUCTION.to_owned();
    for section in SECTIONS {
        let _infallible = write!(out, "\n## `[{}]`\n\n{}\n", section.name, section.about);
        for setting in section.settings {
            describe(&mut out, setting);
        }
    }
    out
}

fn describe(out: &mut String, setting: &Setting) {
    let name = setting.key.rsplit('.').next().unwrap_or(setting.key);
    let mut names = vec![format!("`{}`", setting.variable)];
    names.extend(setting.file_variable().map(|name| format!("`{name}`")));
    names.extend(setting.flag.map(|flag| format!("`{flag}`")));
    let default = match setting.default {
        Unset::Value(value) => format!("`{value}`"),
        Unset::Means(effect) => format!("not set: {effect}"),
    };
    let _infallible = write!(
        out,
        "\n### `{name}`\n\n{}\n\n- Value: {}\n- Default: {default}\n- Also: {}\n",
        setting.about,
        setting.must_be,
        names.join(", "),
    );
}
