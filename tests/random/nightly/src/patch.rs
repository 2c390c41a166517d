//! A copy of the workspace in which one place of the compiler is another.

use std::fs;
use std::io;
use std::path::Path;

use crate::bugs::Bug;

/// What the copy is made of.
const PARTS: [&str; 5] = ["Cargo.lock", "rust-toolchain.toml", "autodiff-macros", "autodiff-runtime", "tests/random"];

/// The text of the file with the bug in it; an error if there is not exactly one place for it.
pub(crate) fn patched(workspace: &Path, bug: &Bug) -> Result<String, String> {
    let file = workspace.join("autodiff-macros/src").join(bug.file);
    let text = fs::read_to_string(&file).map_err(|error| format!("{}: {error}", file.display()))?;
    match text.matches(bug.from).count() {
        1 => Ok(text.replacen(bug.from, bug.to, 1)),
        n => Err(format!("`{}`: {n} places in {} for `{}`", bug.name, bug.file, bug.from)),
    }
}

/// Makes the copy. Files that are as they were keep their times, so that they are not compiled again.
pub(crate) fn copy(workspace: &Path, to: &Path, bug: &Bug) -> io::Result<()> {
    for part in PARTS {
        copy_into(&workspace.join(part), &to.join(part), &to.join("autodiff-macros/src").join(bug.file))?;
    }
    // It is compiled more often than it is run.
    let manifest = fs::read_to_string(workspace.join("Cargo.toml"))?.replace("opt-level = 1", "opt-level = 0");
    let members = manifest.lines().map(|line| match line.starts_with("members") {
        true => r#"members = ["autodiff-macros", "autodiff-runtime", "tests/random"]"#,
        false => line,
    });
    write(&to.join("Cargo.toml"), (members.collect::<Vec<_>>().join("\n") + "\n").as_bytes())?;
    let text = patched(workspace, bug).map_err(io::Error::other)?;
    write(&to.join("autodiff-macros/src").join(bug.file), text.as_bytes())
}

fn copy_into(from: &Path, to: &Path, but: &Path) -> io::Result<()> {
    if from.is_dir() {
        for entry in fs::read_dir(from)? {
            let entry = entry?;
            copy_into(&entry.path(), &to.join(entry.file_name()), but)?;
        }
        return Ok(());
    }
    if to == but { Ok(()) } else { write(to, &fs::read(from)?) }
}

fn write(to: &Path, text: &[u8]) -> io::Result<()> {
    if fs::read(to).is_ok_and(|old| old == text) {
        return Ok(());
    }
    fs::create_dir_all(to.parent().expect("files are in folders"))?;
    fs::write(to, text)
}
