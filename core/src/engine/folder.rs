//! The folder that holds all data: one process at a time, of a version that understands it.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::{Path, PathBuf};

use crate::whole_file;

const LOCK_FILE: &str = "neonex.lock";
const FORMAT_FILE: &str = "format";

/// Why a data folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataFolderError {
    /// Another process has it.
    #[error(
        "the data folder {} is in use by another Neonex process{}; stop that process first, or choose \
         another data folder", path.display(), pid.map(|pid| format!(" (process {pid})")).unwrap_or_default()
    )]
    InUse {
        /// The folder.
        path: PathBuf,
        /// The other process, if it could be read.
        pid: Option<u32>,
    },
    /// A newer version wrote it.
    #[error(
        "the data folder {} has format {found}, written by Neonex {written_by}, but this Neonex {} reads \
         formats up to {supported}; upgrade Neonex to {written_by} or later", path.display(), env!("CARGO_PKG_VERSION")
    )]
    Newer {
        /// The folder.
        path: PathBuf,
        /// Its format.
        found: u32,
        /// The newest format that this version reads.
        supported: u32,
        /// The version that wrote it.
        written_by: String,
    },
    /// The `format` file is damaged.
    #[error(
        "the file {} does not hold a format version; restore it from a backup, or choose another data folder",
        path.display()
    )]
    Unreadable {
        /// The file.
        path: PathBuf,
    },
    /// The operating system refused something.
    #[error("cannot use {}; check that the folder is on a writable disk and belongs to Neonex's user", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}

/// A data folder locked for this process, until it is dropped or the process ends.
#[derive(Debug)]
pub struct DataFolder {
    path: PathBuf,
    supported: u32,
    found: u32,
    /// Holds the lock, which the system lifts when the file is closed.
    _lock: File,
}

impl DataFolder {
    /// Locks the folder, creating it (readable by its owner only) if it does not exist. `format_version` is
    /// the format that this version writes.
    pub fn open(path: impl AsRef<Path>, format_version: u32) -> Result<Self, DataFolderError> {
        let path = path.as_ref();
        create(path).map_err(at(path))?;
        let lock = take_lock(path)?;
        let format_file = path.join(FORMAT_FILE);
        let found = match std::fs::read_to_string(&format_file) {
            Ok(text) => check_format(path, &text, format_version)?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                write_format(path, format_version).map_err(at(&format_file))?;
                format_version
            }
            Err(error) => return Err(at(&format_file)(error)),
        };
        Ok(Self { path: path.to_owned(), supported: format_version, found, _lock: lock })
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The format it had when it was opened: older than this version's until
    /// [`mark_upgraded`](Self::mark_upgraded).
    pub fn format(&self) -> u32 {
        self.found
    }

    /// Records that the data is now in this version's format. Older versions refuse the folder from here on.
    pub fn mark_upgraded(&mut self) -> Result<(), DataFolderError> {
        write_format(&self.path, self.supported).map_err(at(&self.path.join(FORMAT_FILE)))?;
        self.found = self.supported;
        Ok(())
    }
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> DataFolderError {
    let path = path.to_owned();
    move |source| DataFolderError::Io { path, source }
}

fn create(path: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn take_lock(folder: &Path) -> Result<File, DataFolderError> {
    let path = folder.join(LOCK_FILE);
    let open = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(at(&path))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut text = String::new();
            // The pid is only a help; the lock itself is what counts.
            let pid = file.read_to_string(&mut text).ok().and_then(|_| text.trim().parse().ok());
            return Err(DataFolderError::InUse { path: folder.to_owned(), pid });
        }
        Err(TryLockError::Error(error)) => return Err(at(&path)(error)),
    }
    let write_pid = |file: &mut File| {
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())
    };
    write_pid(&mut file).map_err(at(&path))?;
    Ok(file)
}

/// Two lines: the format, and the version that wrote it.
fn check_format(folder: &Path, text: &str, supported: u32) -> Result<u32, DataFolderError> {
    let mut lines = text.lines();
    let Some(found) = lines.next().and_then(|line| line.trim().parse::<u32>().ok()) else {
        return Err(DataFolderError::Unreadable { path: folder.join(FORMAT_FILE) });
    };
    if found > supported {
        let written_by = lines.next().map_or("of a newer version", str::trim).to_owned();
        return Err(DataFolderError::Newer { path: folder.to_owned(), found, supported, written_by });
    }
    Ok(found)
}

fn write_format(folder: &Path, version: u32) -> io::Result<()> {
    let text = format!("{version}\n{}\n", env!("CARGO_PKG_VERSION"));
    whole_file::write(&folder.join(FORMAT_FILE), &text)
}
