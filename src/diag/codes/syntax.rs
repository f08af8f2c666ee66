//! Codes about the text of a policy.

crate::diag::code::codes! { Syntax;
}
