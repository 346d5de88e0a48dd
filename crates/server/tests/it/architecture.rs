//! ARCHITECTURE.md names nothing that does not exist.
#![expect(clippy::disallowed_methods, reason = "small files, in tests without a runtime")]

use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// What stands between single back-ticks, outside of fenced blocks.
fn code_spans(text: &str) -> Vec<String> {
    let prose: String = text.split("```").step_by(2).collect();
    prose.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Every source text in which a name could be defined.
fn sources(folder: &Path, found: &mut String) {
    for entry in fs::read_dir(folder).expect("a readable folder").flatten() {
        let path = entry.path();
        if path.is_dir() {
            if !path.ends_with("target") && !path.ends_with("node_modules") {
                sources(&path, found);
            }
        } else if path
            .extension()
            .is_some_and(|kind| ["rs", "sql", "toml", "txt"].iter().any(|known| kind == *known))
        {
            found.push_str(&fs::read_to_string(&path).unwrap_or_default());
            found.push('\n');
        }
    }
}

fn is_name(span: &str) -> bool {
    !span.is_empty() && span.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn has_word(text: &str, word: &str) -> bool {
    let part_of_name = |c: Option<char>| c.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
    text.match_indices(word).any(|(at, _)| {
        !part_of_name(text[..at].chars().next_back()) && !part_of_name(text[at + word.len()..].chars().next())
    })
}

#[test]
fn the_architecture_names_only_what_exists() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    assert!(architecture.lines().count() < 400, "ARCHITECTURE.md is for reading in one go");
    let mut text = String::new();
    sources(&root().join("crates"), &mut text);
    sources(&root().join("migrations"), &mut text);
    text.push_str(&fs::read_to_string(root().join("clippy.toml")).expect("clippy.toml"));

    let mut checked = 0;
    let mut missing = Vec::new();
    for span in code_spans(&architecture) {
        let path_like = span.contains('/') && !span.starts_with('/') && !span.contains([' ', '{', '*', ':']);
        let exists = if path_like {
            root().join(&span).exists()
        } else if let Some(name) =
            span.strip_suffix("()").or(Some(span.as_str())).filter(|name| is_name(name))
        {
            has_word(&text, name) || root().join("crates").join(name.replace('_', "-")).exists()
        } else if let Some((_, last)) = span.rsplit_once("::").filter(|(_, last)| is_name(last)) {
            has_word(&text, last)
        } else {
            continue; // a command, an HTTP route, a header: prose, not a name of ours
        };
        checked += 1;
        if !exists {
            missing.push(span);
        }
    }
    assert!(missing.is_empty(), "ARCHITECTURE.md names what does not exist: {missing:?}");
    assert!(checked > 40, "only {checked} names were checked: is ARCHITECTURE.md still what it was?");
}

/// Files of a crate are checked against the code map: a new crate has to be in it.
#[test]
fn every_crate_is_on_the_map() {
    let architecture = fs::read_to_string(root().join("ARCHITECTURE.md")).expect("ARCHITECTURE.md");
    for entry in fs::read_dir(root().join("crates")).expect("crates").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(
            architecture.contains(&format!("`crates/{name}`")),
            "crates/{name} is not on the map of ARCHITECTURE.md"
        );
    }
}
