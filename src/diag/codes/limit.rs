//! Codes about limits that were hit.

crate::diag::code::codes! { Limit;
}
