//! Codes about tests of policies, and the run itself.

crate::diag::code::codes! { Run;
    EXPECTATION = "CW501", "an expectation of a test does not hold";
    UNREADABLE = "CW511", "a file that cannot be read";
    UNKNOWN_ENDING = "CW512", "a file of an unknown kind";
    UNKNOWN_PACK = "CW513", "an unknown pack";
    UNKNOWN_CODE = "CW514", "an unknown code";
    NOTHING_SAID = "CW515", "a plan without an inventory";
    NOT_AN_EXPORT = "CW516", "a file that is no export";
    NOT_A_PLAN = "CW517", "an inventory where a plan is wanted";
    SEVERAL_STATES = "CW518", "several plans leave several states";
    NO_STATE = "CW519", "a run that leaves no state";
    UNSAYABLE = "CW520", "a state that no inventory can say";
    UNKNOWN_STEP = "CW521", "an unknown step";
    NO_REPOSITORY = "CW540", "no repository to compare with";
    UNKNOWN_REVISION = "CW541", "an unknown revision";
    NO_COMMON_PAST = "CW542", "a revision without a common past";
    UNREADABLE_REVISION = "CW543", "a file whose content is not there";
    UNCHECKED_BEFORE = "CW544", "a plan that could not be checked as it was";
    NOT_A_BASELINE = "CW545", "a file that is no baseline";
    BASELINE_KEPT = "CW546", "a baseline that is not written";
    NO_INVENTORY = "CW551", "a pack without inventories";
}
