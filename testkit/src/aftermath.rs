//! What a server left behind: its files looked at, its change log read, without the server.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use futures_util::FutureExt as _;
use neonex_core::ids::TenantId;
use neonex_core::store::{Place, Sql, Store, StoreError};
use rusqlite::Connection;
use uuid::Uuid;

/// What the change log says of one record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Logged {
    /// How often it was written.
    pub changes: u32,
    /// The record after the last of these, as JSON; none when that deleted it.
    pub after: Option<String>,
}

/// Reads a tenant's change log, record by record.
///
/// The order is that of `seq`. On PostgreSQL and MariaDB that is the order of commits only among the changes of one
/// record, whose writers wait for each other; no more is needed here.
pub async fn change_log(store: &Store, tenant: TenantId) -> anyhow::Result<HashMap<Uuid, Logged>> {
    let sql = "SELECT record_id, after_record FROM changes ORDER BY seq";
    let rows = store
        .read::<_, StoreError, _>(Place::Tenant(tenant), move |tx| {
            let sql = Sql::new(sql, Vec::new());
            async move { tx.query(&sql, |row| Ok((row.uuid(0)?, row.text(1)?))).await }.boxed()
        })
        .await?;
    let mut log = HashMap::new();
    for (record, after) in rows {
        let record = record.context("a change without a record")?;
        let logged = log.entry(record).or_insert(Logged { changes: 0, after: None });
        logged.changes += 1;
        logged.after = after;
    }
    Ok(log)
}

/// Copies the SQLite files of the data folder `from`, with their write-ahead logs, into the empty folder `to`. No
/// process may have `from` open. The shared-memory files stay behind: a crash of the machine loses them too.
pub fn copy_databases(from: &Path, to: &Path) -> anyhow::Result<()> {
    for file in database_files(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().context("a file without a folder")?)?;
        fs::copy(&file, &target)?;
        let log = with_suffix(&file, "-wal");
        if log.exists() {
            fs::copy(&log, with_suffix(&target, "-wal"))?;
        }
    }
    Ok(())
}

/// Runs `PRAGMA integrity_check` on every SQLite file under `folder` and returns how many there are. Fails at the
/// first that is damaged, and where there is none.
pub fn check_integrity(folder: &Path) -> anyhow::Result<usize> {
    let files = database_files(folder)?;
    for file in &files {
        let connection = Connection::open(file)?;
        let verdict: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        if verdict != "ok" {
            bail!("{} is damaged: {verdict}", file.display());
        }
    }
    if files.is_empty() {
        bail!("there is no database under {}", folder.display());
    }
    Ok(files.len())
}

fn database_files(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(database_files(&path)?);
        } else if path.extension().is_some_and(|extension| extension == "db") {
            found.push(path);
        }
    }
    Ok(found)
}

fn with_suffix(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

#[cfg(test)]
mod tests {
    use std::io::{Seek as _, SeekFrom, Write as _};

    use super::*;

    #[test]
    fn a_copy_is_whole_and_a_damaged_file_is_found() {
        let (from, to) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::create_dir(from.path().join("tenants")).unwrap();
        let connection = Connection::open(from.path().join("tenants/one.db")).unwrap();
        let fill = "PRAGMA journal_mode = WAL;
            CREATE TABLE t (a TEXT PRIMARY KEY);
            INSERT INTO t SELECT value FROM (WITH RECURSIVE n(value) AS (
                SELECT 1 UNION ALL SELECT value + 1 FROM n WHERE value < 10000) SELECT value FROM n)";
        connection.execute_batch(fill).unwrap();
        copy_databases(from.path(), to.path()).unwrap();
        assert_eq!(check_integrity(to.path()).unwrap(), 1);
        let copy = to.path().join("tenants/one.db");
        let count = |row: &rusqlite::Row<'_>| row.get::<_, i64>(0);
        let rows = Connection::open(&copy).unwrap().query_row("SELECT count(*) FROM t", [], count).unwrap();
        assert_eq!(rows, 10_000, "the write-ahead log was left behind");

        let mut damaged = fs::File::options().write(true).open(&copy).unwrap();
        damaged.seek(SeekFrom::Start(5 * 4096)).unwrap();
        damaged.write_all(&[0x5a; 4096]).unwrap();
        assert!(check_integrity(to.path()).is_err());
        assert!(check_integrity(tempfile::tempdir().unwrap().path()).is_err());
    }
}
