//! Codes about tests of policies, and the run itself.

crate::diag::code::codes! { Run;
}
