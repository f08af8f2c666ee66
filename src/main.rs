//! The `clearway` command: nothing but the way into [`clearway::cli`].

fn main() {}
