//! Values as policies compute with them: truth that may be unknown, quantities with units, versions, dates, and the
//! cells that facts are stored in. No types, no schema, no evaluation: arithmetic on single values only.
#![deny(clippy::arithmetic_side_effects)]

mod arithmetic;
mod cell;
mod quantity;
mod spots;
mod truth;
mod version;

pub use cell::{Cell, ListId, MapId, Row, StructId, TextId, Texts};
pub use quantity::{Date, Duration, Number, Size};
pub use truth::Truth;
pub use version::Version;
