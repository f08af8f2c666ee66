//! Codes about waivers and assumptions: of what they came to, and of what they cannot be about.

crate::diag::code::codes! { Waiver;
    EXPIRED_WAIVER = "CW601", "a waiver that has expired";
    UNNEEDED_WAIVER = "CW602", "a waiver that nothing needs";
    LAPSING_WAIVER = "CW603", "a waiver that is about to lapse";
    UNKNOWN_WAIVED = "CW604", "a waiver of a code that there is not";
    UNWAIVABLE = "CW605", "a waiver of what cannot be waived";
    EXPIRED_ASSUMPTION = "CW606", "an assumption that counts no more";
    UNNEEDED_ASSUMPTION = "CW607", "an assumption that nothing rests on";
    LAPSING_ASSUMPTION = "CW608", "an assumption that is about to lapse";
}
