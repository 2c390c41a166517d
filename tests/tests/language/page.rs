//! The page of the guide that the rows and the refused files make.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use super::SUPPORTED;

/// What is refused: the first line of the file, and of each message what stands behind the semicolon or colon.
fn refused() -> Vec<(String, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/refused");
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.retain(|file| file.extension().is_some_and(|e| e == "rs"));
    files.sort();
    files.iter().map(|file| (title(file), message(&file.with_extension("stderr")))).collect()
}

fn title(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let lines = text.lines().map_while(|line| line.strip_prefix("//!")).map(str::trim);
    let title: Vec<&str> = lines.take_while(|line| !line.is_empty()).collect();
    assert!(!title.is_empty(), "{} does not begin with what it is about", file.display());
    title.join(" ").trim_end_matches('.').to_string()
}

/// The first error, as the compiler says it.
fn message(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix("error")).unwrap_or_default();
    line.split_once(": ").map(|(_, message)| message).unwrap_or_default().replace('|', "\\|")
}

#[test]
fn is_up_to_date() {
    let mut page = "What is in the language, and what is not. Every row is a test: what is in it is compiled and checked in value,\n\
        gradient, tangent and Hessian-vector product; what is not is compiled and refused with the message that is shown.\n\n\
        # In the language\n"
        .to_string();
    for (section, rows) in SUPPORTED {
        let _ = write!(page, "\n## {section}\n\n");
        rows.iter().for_each(|row| {
            let _ = writeln!(page, "- {row}");
        });
    }
    page += "\n# Refused\n\n| what | message |\n|---|---|\n";
    for (title, message) in refused() {
        let _ = writeln!(page, "| {} | {} |", title.replace('|', "\\|"), message);
    }
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../autodiff-runtime/src/guide/table.md");
    expect_test::expect_file![file].assert_eq(&page);
}
