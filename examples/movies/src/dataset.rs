//! Where the movies come from: one file of an npm package, downloaded once and checked each time.

use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use flate2::read::GzDecoder;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

const PACKAGE: &str = "https://registry.npmjs.org/vega-datasets/-/vega-datasets-3.2.1.tgz";
const MEMBER: &str = "package/data/movies.json";
/// Of the member, which is all that is used of the package.
const SHA256: &str = "e63c499759e3b07b49563e036f55290f87feb56def8703ec049ca305ab1523d3";
const NAME: &str = "vega-datasets-3.2.1-movies.json";

/// The movies of `file`, or those of the package.
pub(crate) async fn load(
    file: Option<PathBuf>,
    cache: Option<PathBuf>,
) -> anyhow::Result<Vec<Map<String, Value>>> {
    let path = if let Some(path) = file { path } else { packaged(cache).await? };
    let json = std::fs::read(&path).with_context(|| format!("{} cannot be read", path.display()))?;
    serde_json::from_slice(&json).with_context(|| format!("{} is no list of movies", path.display()))
}

/// Where the package's movies are; by then they are there.
async fn packaged(cache: Option<PathBuf>) -> anyhow::Result<PathBuf> {
    let path = cache.map_or_else(default_cache, Ok)?.join(NAME);
    if !std::fs::read(&path).is_ok_and(|json| is_intact(&json)) {
        download(&path).await?;
    }
    Ok(path)
}

fn default_cache() -> anyhow::Result<PathBuf> {
    let folder = |name: &str| std::env::var_os(name).filter(|path| !path.is_empty()).map(PathBuf::from);
    let cache = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")));
    Ok(cache.context("name a folder for the download with --cache")?.join("neonex"))
}

async fn download(path: &Path) -> anyhow::Result<()> {
    eprintln!("downloading {PACKAGE} (18 MB)");
    let answer = reqwest::get(PACKAGE).await.and_then(reqwest::Response::error_for_status);
    let package =
        answer.context("the package cannot be downloaded; --file takes a copy of its movies.json")?;
    let json = member(&package.bytes().await?)?;
    ensure!(is_intact(&json), "the package holds other movies than it did: the checksum differs");
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    // Under its name only when it is whole; two runs at the same time do not meet.
    let partial = path.with_extension(format!("{}.part", std::process::id()));
    std::fs::write(&partial, json).and_then(|()| std::fs::rename(&partial, path))?;
    Ok(())
}

/// The one file out of the package.
fn member(package: &[u8]) -> anyhow::Result<Vec<u8>> {
    let mut archive = tar::Archive::new(GzDecoder::new(package));
    for entry in archive.entries()? {
        let mut entry = entry?;
        if entry.path()?.as_ref() == Path::new(MEMBER) {
            let mut json = Vec::new();
            entry.read_to_end(&mut json)?;
            return Ok(json);
        }
    }
    bail!("the package has no {MEMBER}")
}

fn is_intact(json: &[u8]) -> bool {
    let digest = Sha256::digest(json);
    let halves = digest.iter().flat_map(|byte| [byte >> 4, byte & 15]);
    halves.map(|half| char::from_digit(half.into(), 16)).eq(SHA256.chars().map(Some))
}
