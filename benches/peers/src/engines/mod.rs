//! The engines, one a file.

pub mod cel;
pub mod clearway;
pub mod hand;
pub mod regorus;
pub mod schema;
