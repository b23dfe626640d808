//! Which file, and how large it may be treated.

use std::path::Path;
use std::sync::Arc;

/// How much memory a file's connections get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SizeClass {
    /// One of thousands: a small cache, no mmap, checkpoints by who writes. Where it turns out to be busy, or has grown,
    /// it is treated as a large one.
    Small,
    /// A busy file: a large cache, mmap, checkpoints in the background.
    Large,
}

/// A database file of the engine. Cheap to clone. The path should be absolute and always spelled the same,
/// since it is the file's identity; the class of whoever opens the file first holds while it is open.
#[derive(Clone, Debug)]
pub struct DbFile {
    path: Arc<Path>,
    class: SizeClass,
}

impl DbFile {
    /// A file with few resources: the usual tenant.
    pub fn small(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().into(), class: SizeClass::Small }
    }

    /// A file with much traffic: the control database, a large tenant.
    pub fn large(path: impl AsRef<Path>) -> Self {
        Self { path: path.as_ref().into(), class: SizeClass::Large }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// How it is treated.
    pub fn class(&self) -> SizeClass {
        self.class
    }

    pub(super) fn key(&self) -> Arc<Path> {
        Arc::clone(&self.path)
    }
}
