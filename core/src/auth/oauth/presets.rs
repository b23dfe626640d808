//! What is known of providers: where they are asked, what they call things, and what they promise of an address.
//!
//! The rows were written from what is known of the providers, and not tried against them. What counts as *verified* is the one column that opens
//! accounts: where a provider promises nothing there, its address opens none.

/// A kind of provider.
#[derive(Debug)]
pub(super) struct Preset {
    /// Its name in the API.
    pub(super) kind: &'static str,
    /// What stands on a button.
    pub(super) title: &'static str,
    pub(super) protocol: Protocol,
    /// Asked for where the tenant says nothing else, apart by spaces.
    pub(super) scopes: &'static str,
    pub(super) fields: Fields,
    pub(super) email: EmailTrust,
    /// Whether an ID token has to have the nonce that was sent.
    pub(super) nonce: bool,
    pub(super) auth: ClientAuth,
    /// What else is sent along to the sign-in page.
    pub(super) parameters: &'static [(&'static str, &'static str)],
}

/// Where a provider is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Protocol {
    /// OpenID Connect: the issuer says where. `own` is whether a tenant may name another of this kind.
    Oidc { issuer: &'static str, own: bool },
    /// OAuth 2: known.
    OAuth2 { authorize: &'static str, token: &'static str, userinfo: &'static str },
    /// The tenant says where.
    Custom,
}

/// What a provider calls things: JSON pointers (RFC 6901) into what it says of a user.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields {
    pub(super) subject: &'static str,
    pub(super) email: &'static str,
    pub(super) verified: &'static str,
    /// The first that is there.
    pub(super) name: &'static [&'static str],
    pub(super) picture: &'static str,
}

/// What has to be said of an address for it to be the user's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum EmailTrust {
    /// The flag is true, and nothing that looks like it.
    Flag,
    /// The flag is true, or the text `true`: for who documents that it may be a text.
    FlagOrText,
    /// The provider names none that it has not confirmed.
    Confirmed,
    /// Nothing that it says is a promise.
    Never,
    /// A list of addresses says it, of which the primary one counts: GitHub's.
    List(&'static str),
}

/// How the client's secret is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClientAuth {
    /// As the issuer asks for, else in a header.
    Discovered,
    /// In a header.
    Basic,
    /// In the body.
    Post,
    /// A token that a key has signed, in the body: Apple's.
    AppleToken,
}

/// The claims of OpenID Connect Core §5.1.
const CLAIMS: Fields = Fields {
    subject: "/sub",
    email: "/email",
    verified: "/email_verified",
    name: &["/name", "/preferred_username", "/nickname"],
    picture: "/picture",
};

const OIDC: Preset = Preset {
    kind: "oidc",
    title: "OpenID Connect",
    protocol: Protocol::Custom,
    scopes: "openid email profile",
    fields: CLAIMS,
    email: EmailTrust::Flag,
    nonce: true,
    auth: ClientAuth::Discovered,
    parameters: &[],
};

/// Every kind.
pub(super) const PRESETS: &[Preset] = &[
    OIDC,
    Preset {
        kind: "oauth2",
        title: "OAuth 2",
        protocol: Protocol::Custom,
        scopes: "",
        auth: ClientAuth::Basic,
        nonce: false,
        ..OIDC
    },
    Preset {
        kind: "google",
        title: "Google",
        protocol: Protocol::Oidc { issuer: "https://accounts.google.com", own: false },
        ..OIDC
    },
    // Addresses and whether they are verified are in a list of their own; the profile's is what the user chose to show.
    Preset {
        kind: "github",
        title: "GitHub",
        protocol: Protocol::OAuth2 {
            authorize: "https://github.com/login/oauth/authorize",
            token: "https://github.com/login/oauth/access_token",
            userinfo: "https://api.github.com/user",
        },
        scopes: "read:user user:email",
        fields: Fields { subject: "/id", name: &["/name", "/login"], picture: "/avatar_url", ..CLAIMS },
        email: EmailTrust::List("https://api.github.com/user/emails"),
        auth: ClientAuth::Post,
        nonce: false,
        ..OIDC
    },
    Preset {
        kind: "gitlab",
        title: "GitLab",
        protocol: Protocol::Oidc { issuer: "https://gitlab.com", own: true },
        ..OIDC
    },
    // An administrator of any directory writes any address into `email`. `xms_edov` is there if it was asked for in the
    // app's registration, and says that the directory has shown that the address's domain is its own.
    Preset {
        kind: "microsoft",
        title: "Microsoft",
        protocol: Protocol::Oidc { issuer: "https://login.microsoftonline.com/common/v2.0", own: false },
        fields: Fields { verified: "/xms_edov", ..CLAIMS },
        ..OIDC
    },
    // The flag may come as a text; the name comes with the first sign-in alone, and not in the token.
    Preset {
        kind: "apple",
        title: "Apple",
        protocol: Protocol::Oidc { issuer: "https://appleid.apple.com", own: false },
        scopes: "openid email name",
        email: EmailTrust::FlagOrText,
        auth: ClientAuth::AppleToken,
        parameters: &[("response_mode", "form_post")],
        ..OIDC
    },
    Preset {
        kind: "discord",
        title: "Discord",
        protocol: Protocol::OAuth2 {
            authorize: "https://discord.com/oauth2/authorize",
            token: "https://discord.com/api/oauth2/token",
            userinfo: "https://discord.com/api/users/@me",
        },
        scopes: "identify email",
        fields: Fields {
            subject: "/id",
            verified: "/verified",
            name: &["/global_name", "/username"],
            picture: "",
            ..CLAIMS
        },
        auth: ClientAuth::Basic,
        nonce: false,
        ..OIDC
    },
    // It gives the address of the profile, with no word on who has shown that it is theirs.
    Preset {
        kind: "facebook",
        title: "Facebook",
        protocol: Protocol::OAuth2 {
            authorize: "https://www.facebook.com/v23.0/dialog/oauth",
            token: "https://graph.facebook.com/v23.0/oauth/access_token",
            userinfo: "https://graph.facebook.com/v23.0/me?fields=id,name,email,picture",
        },
        scopes: "email public_profile",
        fields: Fields { subject: "/id", name: &["/name"], picture: "/picture/data/url", ..CLAIMS },
        email: EmailTrust::Never,
        auth: ClientAuth::Post,
        nonce: false,
        ..OIDC
    },
    // Its ID tokens have no nonce.
    Preset {
        kind: "linkedin",
        title: "LinkedIn",
        protocol: Protocol::Oidc { issuer: "https://www.linkedin.com/oauth", own: false },
        auth: ClientAuth::Post,
        nonce: false,
        ..OIDC
    },
    Preset {
        kind: "slack",
        title: "Slack",
        protocol: Protocol::Oidc { issuer: "https://slack.com", own: false },
        auth: ClientAuth::Post,
        ..OIDC
    },
    // Claims are in its ID token if they are asked for one by one.
    Preset {
        kind: "twitch",
        title: "Twitch",
        protocol: Protocol::Oidc { issuer: "https://id.twitch.tv/oauth2", own: false },
        scopes: "openid user:read:email",
        auth: ClientAuth::Post,
        parameters: &[(
            "claims",
            r#"{"id_token":{"email":null,"email_verified":null,"preferred_username":null,"picture":null}}"#,
        )],
        ..OIDC
    },
    // It says itself that nothing proves the address to be the user's.
    Preset {
        kind: "spotify",
        title: "Spotify",
        protocol: Protocol::OAuth2 {
            authorize: "https://accounts.spotify.com/authorize",
            token: "https://accounts.spotify.com/api/token",
            userinfo: "https://api.spotify.com/v1/me",
        },
        scopes: "user-read-email",
        fields: Fields { subject: "/id", name: &["/display_name"], picture: "/images/0/url", ..CLAIMS },
        email: EmailTrust::Never,
        auth: ClientAuth::Basic,
        nonce: false,
        ..OIDC
    },
    // `confirmed_email` is the address that the user has confirmed to X; there is none of another kind.
    Preset {
        kind: "x",
        title: "X",
        protocol: Protocol::OAuth2 {
            authorize: "https://x.com/i/oauth2/authorize",
            token: "https://api.x.com/2/oauth2/token",
            userinfo: "https://api.x.com/2/users/me?user.fields=confirmed_email,name,profile_image_url",
        },
        scopes: "users.read tweet.read users.email",
        fields: Fields {
            subject: "/data/id",
            email: "/data/confirmed_email",
            verified: "",
            name: &["/data/name", "/data/username"],
            picture: "/data/profile_image_url",
        },
        email: EmailTrust::Confirmed,
        auth: ClientAuth::Basic,
        nonce: false,
        ..OIDC
    },
];

impl Preset {
    /// The kind of that name.
    pub(super) fn of(kind: &str) -> Option<&'static Self> {
        PRESETS.iter().find(|preset| preset.kind == kind)
    }

    /// Whether its issuer says where things are, and signs who somebody is.
    pub(super) fn is_oidc(&self) -> bool {
        matches!(self.protocol, Protocol::Oidc { .. }) || self.kind == "oidc"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_are_told_apart_and_asked_over_https() {
        for (at, preset) in PRESETS.iter().enumerate() {
            assert!(PRESETS.iter().skip(at + 1).all(|other| other.kind != preset.kind), "{}", preset.kind);
            let addresses = match preset.protocol {
                Protocol::Oidc { issuer, .. } => vec![issuer],
                Protocol::OAuth2 { authorize, token, userinfo } => vec![authorize, token, userinfo],
                Protocol::Custom => Vec::new(),
            };
            for address in addresses {
                assert_eq!(url::Url::parse(address).unwrap().scheme(), "https", "{address}");
            }
            let openid = preset.scopes.split(' ').any(|scope| scope == "openid");
            assert_eq!(openid, preset.is_oidc(), "{}", preset.kind);
        }
    }

    /// The column that opens accounts, to be read in one look.
    #[test]
    fn whose_word_counts_for_an_address() {
        let trusted = |trust: fn(EmailTrust) -> bool| {
            let kinds = PRESETS.iter().filter(|preset| trust(preset.email)).map(|preset| preset.kind);
            kinds.collect::<Vec<_>>().join(" ")
        };
        assert_eq!(
            trusted(|trust| trust == EmailTrust::Flag),
            "oidc oauth2 google gitlab microsoft discord linkedin slack twitch"
        );
        assert_eq!(trusted(|trust| trust == EmailTrust::FlagOrText), "apple");
        assert_eq!(trusted(|trust| trust == EmailTrust::Confirmed), "x");
        assert_eq!(trusted(|trust| trust == EmailTrust::Never), "facebook spotify");
        assert_eq!(trusted(|trust| matches!(trust, EmailTrust::List(_))), "github");
    }
}
