//! The house as data: which room stands on which floor, what it may use, and which outside crate is at home where.
//! `docs/architecture.md` shows the same tables; a test compares the two.

/// A room of `src/`.
pub struct Room {
    /// Its floor; rooms of one floor may use only those that stand above them in the table.
    pub floor: u8,
    /// Its folder, or `main.rs`.
    pub name: &'static str,
    /// The rooms it may use.
    pub may_use: &'static [&'static str],
}

const fn room(floor: u8, name: &'static str, may_use: &'static [&'static str]) -> Room {
    Room { floor, name, may_use }
}

/// Every room. No arrow runs downwards in this list, so there is no circle.
pub const ROOMS: &[Room] = &[
    room(1, "source", &[]),
    room(2, "diag", &["source"]),
    room(2, "value", &["source"]),
    room(2, "types", &["source", "value"]),
    room(3, "syntax", &["source", "diag"]),
    room(3, "facts", &["source", "diag", "value", "types"]),
    room(3, "report", &["source", "diag", "value"]),
    room(4, "check", &["source", "diag", "value", "types", "syntax"]),
    room(4, "edit", &["source", "diag", "facts"]),
    room(4, "program", &["source", "value", "types"]),
    room(4, "render", &["source", "diag", "report"]),
    room(5, "compile", &["source", "diag", "value", "types", "check", "program"]),
    room(5, "eval", &["source", "diag", "value", "types", "facts", "report", "program"]),
    room(
        6,
        "session",
        &[
            "source", "diag", "value", "types", "syntax", "facts", "report", "check", "edit", "program", "compile",
            "eval",
        ],
    ),
    room(7, "cli", &["source", "diag", "report", "render", "session"]),
    room(8, "main.rs", &["cli"]),
];

/// Outside crates and the rooms they are at home in. [`EVERYWHERE`] stands for all of them.
pub const CRATES: &[(&str, &[&str])] = &[
    ("calamine", &["facts"]),
    ("clap", &["cli"]),
    ("clap_complete", &["cli"]),
    ("clap_mangen", &["cli"]),
    ("csv", &["facts", "session", "render"]),
    ("ignore", &["session"]),
    ("indicatif", &["cli"]),
    ("jiter", &["facts", "session"]),
    ("miette", &["render"]),
    ("nom", &["syntax"]),
    ("notify", &["cli"]),
    ("postcard", &["session"]),
    ("quick_xml", &["facts", "render"]),
    ("regex", &["check", "program", "compile", "eval"]),
    ("rust_decimal", &["value", "check"]),
    ("rustc_hash", &[EVERYWHERE]),
    ("saphyr_parser", &["facts", "session"]),
    ("schemars", &["render"]),
    ("serde", &["source", "value", "types", "facts", "report", "program", "render", "session"]),
    ("serde_json", &["facts", "edit", "session", "render"]),
    ("similar", &["edit"]),
    ("terminal_size", &["cli"]),
    ("toml", &["facts", "session", "render"]),
    ("toml_edit", &["edit"]),
    ("unicode_width", &["syntax", "render"]),
    ("walkdir", &["source"]),
    ("zip", &["facts"]),
];

/// At home in every room.
pub const EVERYWHERE: &str = "every room";

/// What reaches the world outside: paths of `std`, and where they may stand. A room, or a file of it.
pub const WORLD: &[(&str, &[&str])] = &[
    ("std::fs", &["src/source/files.rs", "src/source/git.rs", "cli"]),
    ("std::net", &[]),
    ("std::process", &["src/source/git.rs", "cli", "main.rs"]),
    ("std::env", &["cli", "main.rs"]),
    ("std::io::stdin", &["cli", "main.rs"]),
    ("std::io::stdout", &["cli", "main.rs"]),
    ("std::io::stderr", &["cli", "main.rs"]),
    ("std::time::SystemTime", &["session", "cli"]),
    ("std::time::Instant", &["session", "cli"]),
    ("std::collections::HashMap", &[]),
    ("std::collections::HashSet", &[]),
];

/// Macros that print.
pub const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln"];

/// The lints that have to be there, by table, name and level.
pub const LINTS: &[(&str, &str, &str)] = &[
    ("rust", "unsafe_code", "forbid"),
    ("clippy", "unwrap_used", "deny"),
    ("clippy", "expect_used", "deny"),
    ("clippy", "panic", "deny"),
    ("clippy", "indexing_slicing", "deny"),
    ("clippy", "string_slice", "deny"),
    ("clippy", "todo", "deny"),
    ("clippy", "unimplemented", "deny"),
    ("clippy", "unreachable", "deny"),
    ("clippy", "exit", "deny"),
];

/// Lines a file of `src/` may have.
pub const CEILING: usize = 600;

/// Lines `main.rs` has to stay below.
pub const MAIN_CEILING: usize = 30;

/// Names that say nothing of what a file holds.
pub const EMPTY_NAMES: &[&str] = &["util", "utils", "common", "helper", "helpers", "manager", "misc"];

/// Rooms that compute with what users wrote: arithmetic that could overflow is denied in them.
pub const CHECKED: &[&str] =
    &["source", "value", "syntax", "facts", "check", "edit", "program", "compile", "eval", "render"];
