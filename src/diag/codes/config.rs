//! Codes about configurations, and what is looked for where.

crate::diag::code::codes! { Run;
    UNKNOWN = "CW530", "an unknown key in a configuration";
    VALUE = "CW531", "a wrong value in a configuration";
    OPPOSED = "CW532", "options that exclude each other";
    PATTERN = "CW533", "a pattern that cannot be read";
}
