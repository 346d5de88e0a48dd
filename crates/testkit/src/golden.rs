//! Files that are generated and checked in. `UPDATE_GOLDEN=1` writes them, otherwise a test holds them equal.

use std::fs;
use std::path::{Path, PathBuf};

/// The root of the project.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here).to_owned()
}

/// Hold the file equal to `generated`; `path` is relative to the root of the project.
///
/// # Panics
/// If they differ, with the first line that does.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "a small file, in a test")]
pub fn check(path: &str, generated: &str) {
    let file = root().join(path);
    if std::env::var_os("UPDATE_GOLDEN").is_some_and(|value| value == "1") {
        fs::write(&file, generated).unwrap_or_else(|error| panic!("write {path}: {error}"));
        return;
    }
    let present = fs::read_to_string(&file).unwrap_or_default();
    if present != generated {
        let difference = first_difference(&present, generated);
        panic!(
            "{path} is not what is generated now; if that is right, run the test with UPDATE_GOLDEN=1\n{difference}"
        );
    }
}

/// The first line that differs.
pub fn first_difference(present: &str, generated: &str) -> String {
    let same = present.lines().zip(generated.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).map_or_else(|| "(ends)".to_owned(), str::to_owned);
    format!("line {}\n  present:   {}\n  generated: {}", same + 1, line(present), line(generated))
}
