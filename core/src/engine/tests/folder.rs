use crate::engine::{DataFolder, DataFolderError};

#[test]
fn a_new_folder_is_private_and_remembers_its_format() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    let folder = DataFolder::open(&path, 3).unwrap();
    assert_eq!((folder.format(), folder.path()), (3, path.as_path()));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o700);
    }
    drop(folder);
    let mut folder = DataFolder::open(&path, 4).unwrap();
    assert_eq!(folder.format(), 3);
    folder.mark_upgraded().unwrap();
    assert_eq!(folder.format(), 4);
}

#[test]
fn a_second_user_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    let first = DataFolder::open(parent.path(), 1).unwrap();
    let message = DataFolder::open(parent.path(), 1).unwrap_err().to_string();
    assert!(message.contains(&parent.path().display().to_string()), "{message}");
    assert!(message.contains(&std::process::id().to_string()), "{message}");
    drop(first);
    DataFolder::open(parent.path(), 1).unwrap();
}

#[test]
fn a_newer_or_damaged_format_is_refused() {
    let parent = tempfile::tempdir().unwrap();
    std::fs::write(parent.path().join("format"), "9\n7.1.0\n").unwrap();
    let message = DataFolder::open(parent.path(), 1).unwrap_err().to_string();
    assert!(message.contains("written by Neonex 7.1.0") && message.contains("upgrade Neonex"), "{message}");
    std::fs::write(parent.path().join("format"), "what?").unwrap();
    assert!(matches!(DataFolder::open(parent.path(), 1), Err(DataFolderError::Unreadable { .. })));
}
