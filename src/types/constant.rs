//! Constants: values that stand in a policy's text.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

use super::EnumId;
use crate::value::{Date, Duration, Number, Size, Version};

/// A value known when a policy is compiled.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub enum Const {
    /// `none`.
    None,
    /// `true`, `false`.
    Bool(bool),
    /// `42`, `15%`.
    Number(Number),
    /// `64 GiB`.
    Size(Size),
    /// `30 s`.
    Duration(Duration),
    /// `2026-12-31`.
    Date(Date),
    /// `10.0.17763`.
    Version(Version),
    /// A text or a name.
    Text(Arc<str>),
    /// A value of an enum, by its place there.
    Enum(EnumId, u16),
    /// A list of constants.
    List(Vec<Const>),
    /// `{}` and maps of constants, in the order written.
    Map(Vec<(Arc<str>, Const)>),
}

/// One end of a range in a header of a matrix.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct RangeBound {
    /// The value at the end.
    pub at: Const,
    /// Whether the value itself belongs to the range.
    pub inclusive: bool,
}
