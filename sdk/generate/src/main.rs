//! Writes the SDK's generated part from the API document.
//!
//! `neonex-sdk-generate openapi.yaml` prints the code; `make generate` formats it and puts it into
//! `sdk/src/generated.rs`. It is a program of its own and no build script, so that whoever uses the SDK compiles no
//! generator.

mod comments;
mod document;
mod enums;

use anyhow::{Context as _, anyhow};
use progenitor_impl::{GenerationSettings, Generator, HooksMode, TypeImpl};

fn main() -> anyhow::Result<()> {
    let path = std::env::args().nth(1).context("usage: neonex-sdk-generate OPENAPI.YAML")?;
    let text = std::fs::read_to_string(&path).with_context(|| format!("{path} cannot be read"))?;
    let document = serde_yaml::from_str(&text).with_context(|| format!("{path} is no YAML"))?;
    print!("{}", generate(document)?);
    Ok(())
}

fn generate(mut document: serde_json::Value) -> anyhow::Result<String> {
    let properties = comments::Properties::of(&document);
    document::prepare(&mut document);
    let enums = enums::of(&document);
    let mut settings = GenerationSettings::default();
    // The SDK carries requests out itself: with retries, and with errors that keep what was answered.
    settings.with_inner_type("crate::call::Call".parse().map_err(|error| anyhow!("{error}"))?);
    settings.with_hooks(HooksMode::Expected);
    settings.with_replacement("Record", "crate::AnyRecord", std::iter::empty());
    settings.with_replacement(document::SECRET, "crate::Secret", std::iter::empty());
    for name in enums.iter().map(|found| &found.name) {
        let path = format!("crate::generated::enums::{name}");
        settings.with_replacement(name, path, [TypeImpl::Display, TypeImpl::FromStr].into_iter());
    }
    let tokens = Generator::new(&settings).generate_tokens(&serde_json::from_value(document)?)?;
    let mut file = syn::parse2(tokens)?;
    properties.document(&mut file);
    comments::split(&mut file);
    let code = prettyplease::unparse(&file);
    Ok(format!(
        "//! Generated from `openapi.yaml` by `make generate`. Not to be changed by hand.\n\n{}\n{code}",
        enums::module(&enums),
    ))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_document_becomes_code_that_can_be_lived_with() {
        let state = json!({"type": "string", "description": "How it is.", "enum": ["up", "half_up"]});
        let described =
            json!({"allOf": [{"$ref": "#/components/schemas/State"}, {"description": "Its state."}]});
        let secret = json!({"type": "string", "format": "password", "description": "What opens it."});
        let thing = json!({
            "type": "object",
            "required": ["state"],
            "properties": {"state": described, "secret": secret},
        });
        let parts = json!({"type": "array", "items": {"type": "string"}});
        let patch = json!({"type": "object", "properties": {"parts": parts}});
        let code = generate(json!({
            "openapi": "3.0.0",
            "info": {"title": "Test", "version": "1"},
            "paths": {"/things": {"patch": {
                "operationId": "change_thing",
                "summary": "Change it",
                "requestBody": {"required": true, "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/ThingPatch"},
                }}},
                "responses": {"200": {"description": "It.", "content": {"application/json": {
                    "schema": {"$ref": "#/components/schemas/Thing"},
                }}}},
            }}},
            "components": {"schemas": {"State": state, "Thing": thing, "ThingPatch": patch}},
        }))
        .unwrap();
        for part in [
            "pub async fn change_thing",
            "/// Change it\n",
            "pub state: crate::generated::enums::State",
            "/// How it is.",
            "/// Its state.",
            "/// What opens it.",
            "HalfUp = \"half_up\"",
            "pub secret: ::std::option::Option<crate::Secret>",
            "pub parts: ::std::option::Option<::std::vec::Vec<",
        ] {
            assert!(code.contains(part), "no `{part}` in {code}");
        }
    }
}
