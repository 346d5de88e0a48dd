//! A release is built anew when the web app was. A debug build reads the app from its folder each time, and need not be.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    let app = "../../web/dist"; // a path that is not there would have this crate built each time
    if std::env::var_os("PROFILE").is_some_and(|profile| profile == "release")
        && std::path::Path::new(app).is_dir()
    {
        println!("cargo::rerun-if-changed={app}");
    }
}
