//! Codes about tests of policies, and the run itself.

crate::diag::code::codes! { Run;
    EXPECTATION = "CW501", "an expectation of a test does not hold";
}
