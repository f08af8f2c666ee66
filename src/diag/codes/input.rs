//! Codes about plans and inventories.

crate::diag::code::codes! { Input;
}
