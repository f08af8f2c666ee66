//! Codes about limits that were hit.

crate::diag::code::codes! { Limit;
    EVALUATION_STEPS = "CW490", "an evaluation needs too many steps";
}
