//! Texts and places in them: files under one address space of global offsets, 8-byte spans, lines and columns,
//! the trait through which files are read. It knows no language and no format; every other room uses it.
#![deny(clippy::arithmetic_side_effects)]

mod files;
mod git;
mod map;
mod span;

pub use files::{Disk, FileError, Files, Memory, Walked};
pub use git::{Commit, GitError, Repository, Revision, is_pointer};
pub use map::{Before, FileId, Location, SourceFile, SourceMap, SourceMark};
pub use span::{Span, Spanned};
