//! Codes about the text of a policy.

crate::diag::code::codes! { Syntax;
    UNEXPECTED_CHARACTER = "CW101", "a character that means nothing";
    UNCLOSED_TEXT = "CW102", "a text that is not closed";
    BAD_NUMBER = "CW103", "a malformed number, version, size, duration or date";
    BAD_NAME = "CW104", "a malformed name";
    UNEXPECTED = "CW105", "something else was expected";
    UNKNOWN_ITEM = "CW106", "an unknown declaration";
    UNKNOWN_CLAUSE = "CW107", "an unknown clause";
    CHAIN = "CW108", "a chain of comparisons";
    MINUS = "CW109", "a minus without a blank on each side";
    UNCLOSED = "CW110", "a bracket without its partner";
    DOUBLED_CLAUSE = "CW111", "a clause that is there twice";
    MISSING_CLAUSE = "CW112", "a clause that is missing";
    BAD_TABLE = "CW113", "a malformed table";
    BAD_INTERPOLATION = "CW114", "malformed braces in a message";
    RESERVED = "CW115", "a word of the language used as a name";
    TOO_DEEP = "CW116", "an expression, type or value nested too deep";
}
