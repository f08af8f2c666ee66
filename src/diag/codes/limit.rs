//! Codes about limits that were hit.

crate::diag::code::codes! { Limit;
    FILE_SIZE = "CW401", "a file is too large";
    NESTING = "CW402", "a document is nested too deeply";
    VALUES = "CW403", "a document has too many values";
    ROWS = "CW404", "the inputs have too many rows";
    TEXT_LENGTH = "CW405", "a text is too long";
    EVALUATION_STEPS = "CW490", "an evaluation needs too many steps";
}
