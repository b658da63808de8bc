//! Link settings that a Node addon needs on each platform.
fn main() {
    napi_build::setup();
    // This target's linker is lld, which keeps one of several functions that are the same.
    if std::env::var("TARGET").is_ok_and(|target| target == "x86_64-unknown-linux-gnu") {
        println!("cargo:rustc-cdylib-link-arg=-Wl,--icf=all");
    }
}
