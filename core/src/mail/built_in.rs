//! The mails that come with the server. They are short and plain: a tenant that wants them otherwise writes its own.

use super::template::TemplateName;

/// The languages that they are in.
pub(super) const LOCALES: [&str; 2] = ["en", "de"];

/// Subject and text of a kind of mail. The HTML is made of the text.
pub(super) fn find(name: TemplateName, locale: &str) -> Option<(&'static str, &'static str)> {
    match locale {
        "en" => Some(english(name)),
        "de" => Some(german(name)),
        _ => None,
    }
}

/// A text as HTML: each of its lines a paragraph, what is to be clicked a link.
pub(super) fn html(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.is_empty()).map(|line| match line {
        "{{link}}" => "<p><a href=\"{{link}}\">{{link}}</a></p>\n".to_owned(),
        "{{token}}" | "{{code}}" => {
            format!("<p style=\"font-size:1.25em;word-break:break-all\"><strong>{line}</strong></p>\n")
        }
        line if line.starts_with("{{#") || line.starts_with("{{^") || line.starts_with("{{/") => {
            format!("{line}\n")
        }
        line => format!("<p>{line}</p>\n"),
    });
    let lines: String = lines.collect();
    format!(
        "<!doctype html>\n<html>\n<head><meta charset=\"utf-8\"></head>\n\
         <body style=\"font-family:sans-serif;line-height:1.5;max-width:36em\">\n{lines}</body>\n</html>\n"
    )
}

const fn english(name: TemplateName) -> (&'static str, &'static str) {
    match name {
        TemplateName::VerifyEmail => (
            "Confirm your address at {{app}}",
            "Somebody has signed up at {{app}} with {{email}}.\n\n\
             {{#link}}\n\
             If that was you, confirm that the address is yours:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             If that was you, confirm that the address is yours. This is what the app asks you for:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works for {{hours}} hours. If it was not you, do nothing.\n",
        ),
        TemplateName::ResetPassword => (
            "Choose another password at {{app}}",
            "Somebody has asked for another password for {{email}} at {{app}}.\n\n\
             {{#link}}\n\
             If that was you, choose it here:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             If that was you, this is what the app asks you for:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works once, for {{minutes}} minutes. If it was not you, do nothing: your password stays as it is.\n",
        ),
        TemplateName::MagicLink => (
            "Sign in to {{app}}",
            "{{#link}}\n\
             This link signs {{email}} in to {{app}}:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             This signs {{email}} in to {{app}}:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works once, for {{minutes}} minutes. Pass it on to nobody. If you did not ask for it, do nothing.\n",
        ),
        TemplateName::Code => (
            "Your code for {{app}}",
            "This code signs {{email}} in to {{app}}:\n\n{{code}}\n\n\
             It works once, for {{minutes}} minutes. Tell it nobody. If you did not ask for it, do nothing.\n",
        ),
        TemplateName::ChangeEmail => (
            "Confirm your new address at {{app}}",
            "At {{app}} the address {{email}} is to be replaced by {{new_email}}.\n\n\
             {{#link}}\n\
             If you want that, confirm it:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             If you want that, this is what the app asks you for:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works for {{hours}} hours. If you do not want it, do nothing: the address stays as it is.\n",
        ),
        TemplateName::EmailChanged => (
            "Your address at {{app}} has changed",
            "At {{app}} the address {{email}} has been replaced by {{new_email}}.\n\n\
             If you did not want that, tell those who run {{app}}.\n",
        ),
        TemplateName::PasswordChanged => (
            "Your password at {{app}} has changed",
            "The password of {{email}} at {{app}} is another one now.\n\n\
             If you did not want that, ask for another one at once, and tell those who run {{app}}.\n",
        ),
        TemplateName::Invitation => (
            "You are invited to {{app}}",
            "You are invited to {{app}}, with the address {{email}}.\n\n\
             {{#link}}\n\
             This is where you come in:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             This is what the app asks you for:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works once, for {{days}} days. If you do not want it, do nothing.\n",
        ),
        TemplateName::AlreadyRegistered => (
            "You have signed up at {{app}} already",
            "Somebody wanted to sign up at {{app}} with {{email}}, which has signed up already.\n\n\
             If that was you, sign in, or ask for another password if you have forgotten yours. If it was not you, do \
             nothing: nobody has learnt that you are there.\n",
        ),
        TemplateName::TenantInvitation => (
            "You are asked to help run {{app}}",
            "You are asked to help run {{app}}, with the address {{email}}.\n\n\
             {{#link}}\n\
             This is where you come in:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             This is what you are asked for:\n\n{{token}}\n\n\
             {{/link}}\n\
             It works once, for {{days}} days. If you do not want it, do nothing.\n",
        ),
    }
}

const fn german(name: TemplateName) -> (&'static str, &'static str) {
    match name {
        TemplateName::VerifyEmail => (
            "Bestätige deine Adresse bei {{app}}",
            "Jemand hat sich bei {{app}} mit {{email}} angemeldet.\n\n\
             {{#link}}\n\
             Wenn du das warst, bestätige, dass die Adresse dir gehört:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Wenn du das warst, bestätige, dass die Adresse dir gehört. Danach fragt dich die App:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht {{hours}} Stunden lang. Wenn du es nicht warst, musst du nichts tun.\n",
        ),
        TemplateName::ResetPassword => (
            "Wähle ein neues Passwort bei {{app}}",
            "Jemand hat bei {{app}} ein neues Passwort für {{email}} verlangt.\n\n\
             {{#link}}\n\
             Wenn du das warst, wähle es hier:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Wenn du das warst, fragt dich die App danach:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht einmal, {{minutes}} Minuten lang. Wenn du es nicht warst, musst du nichts tun: Dein Passwort \
             bleibt, wie es ist.\n",
        ),
        TemplateName::MagicLink => (
            "Deine Anmeldung bei {{app}}",
            "{{#link}}\n\
             Dieser Link meldet {{email}} bei {{app}} an:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Damit meldest du {{email}} bei {{app}} an:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht einmal, {{minutes}} Minuten lang. Gib es niemandem weiter. Wenn du es nicht verlangt hast, musst \
             du nichts tun.\n",
        ),
        TemplateName::Code => (
            "Dein Code für {{app}}",
            "Dieser Code meldet {{email}} bei {{app}} an:\n\n{{code}}\n\n\
             Das geht einmal, {{minutes}} Minuten lang. Sag ihn niemandem. Wenn du ihn nicht verlangt hast, musst du \
             nichts tun.\n",
        ),
        TemplateName::ChangeEmail => (
            "Bestätige deine neue Adresse bei {{app}}",
            "Bei {{app}} soll die Adresse {{email}} durch {{new_email}} ersetzt werden.\n\n\
             {{#link}}\n\
             Wenn du das willst, bestätige es:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Wenn du das willst, fragt dich die App danach:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht {{hours}} Stunden lang. Wenn du es nicht willst, musst du nichts tun: Die Adresse bleibt, wie sie \
             ist.\n",
        ),
        TemplateName::EmailChanged => (
            "Deine Adresse bei {{app}} hat sich geändert",
            "Bei {{app}} ist die Adresse {{email}} durch {{new_email}} ersetzt worden.\n\n\
             Wenn du das nicht wolltest, sag es denen, die {{app}} betreiben.\n",
        ),
        TemplateName::PasswordChanged => (
            "Dein Passwort bei {{app}} hat sich geändert",
            "Das Passwort von {{email}} bei {{app}} ist jetzt ein anderes.\n\n\
             Wenn du das nicht wolltest, verlange sofort ein neues und sag es denen, die {{app}} betreiben.\n",
        ),
        TemplateName::Invitation => (
            "Du bist zu {{app}} eingeladen",
            "Du bist zu {{app}} eingeladen, mit der Adresse {{email}}.\n\n\
             {{#link}}\n\
             Hier kommst du hinein:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Danach fragt dich die App:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht einmal, {{days}} Tage lang. Wenn du es nicht willst, musst du nichts tun.\n",
        ),
        TemplateName::AlreadyRegistered => (
            "Du bist bei {{app}} schon angemeldet",
            "Jemand wollte sich bei {{app}} mit {{email}} anmelden, und diese Adresse gibt es dort schon.\n\n\
             Wenn du das warst, melde dich mit deinem Passwort an oder verlange ein neues. Wenn du es nicht warst, \
             musst du nichts tun: Niemand hat erfahren, dass es dich dort gibt.\n",
        ),
        TemplateName::TenantInvitation => (
            "Du sollst {{app}} mit betreiben",
            "Du bist eingeladen, {{app}} mit zu betreiben, mit der Adresse {{email}}.\n\n\
             {{#link}}\n\
             Hier kommst du hinein:\n\n{{link}}\n\n\
             {{/link}}\n{{^link}}\n\
             Danach wirst du gefragt:\n\n{{token}}\n\n\
             {{/link}}\n\
             Das geht einmal, {{days}} Tage lang. Wenn du es nicht willst, musst du nichts tun.\n",
        ),
    }
}
