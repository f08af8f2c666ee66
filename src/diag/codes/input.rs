//! Codes about plans and inventories.

crate::diag::code::codes! { Input;
    DEMAND = "CW390", "a demand on the input does not hold";
}
