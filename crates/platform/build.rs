//! The migrations are compiled in: build again when one changes or is added.

fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
