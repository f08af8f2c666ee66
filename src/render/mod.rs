//! Reports and diagnostics as text for people and for machines: one file a format. It knows no policy, no plan and no
//! evaluation, only what `report` and `diag` say, and writes to no stream; front ends call it.
#![deny(clippy::arithmetic_side_effects)]

mod account;
mod aside;
pub mod assumed;
pub mod columns;
pub mod concise;
pub mod csv;
pub mod diagnostics;
pub mod difference;
pub mod dot;
mod excerpt;
pub mod explanation;
pub mod facts;
mod fold;
pub mod full;
pub mod github;
pub mod gitlab;
mod heading;
pub mod json;
pub mod json_lines;
pub mod junit;
mod machine;
pub mod markdown;
pub mod mermaid;
mod picture;
pub mod policies;
pub mod rdjson;
pub mod rules;
pub mod sarif;
pub mod schema;
pub mod suggest;
pub mod suggest_json;
mod table;
pub mod text;
pub mod timings;
pub mod waived;

pub use text::{Look, Tone};
