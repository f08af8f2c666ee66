//! Codes about the meaning of a policy.

crate::diag::code::codes! { Check;
}
