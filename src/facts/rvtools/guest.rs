//! Guest systems: the identifiers of vSphere behind the names that RVTools writes. vSphere derives the name of a configured
//! guest system from its identifier; here is the way back, for the systems that policies ask after by identifier. Names that
//! are told otherwise (by the tools in the guest) are no such names.

/// What is known of the identifier behind a name.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Identifier {
    /// This one.
    Is(&'static str),
    /// A system of another family: not one of those that are listed here.
    Another,
    /// Of a family that is listed here, and a name that is not.
    Unknown,
}

/// Words that tell the families listed here.
const FAMILIES: [&str; 2] = ["windows", "red hat enterprise linux"];

/// Names without their maker, in lower case, and identifiers.
const KNOWN: &[(&str, &str)] = &[
    ("red hat enterprise linux 10 (64-bit)", "rhel10_64Guest"),
    ("red hat enterprise linux 9 (64-bit)", "rhel9_64Guest"),
    ("red hat enterprise linux 8 (64-bit)", "rhel8_64Guest"),
    ("red hat enterprise linux 7 (64-bit)", "rhel7_64Guest"),
    ("red hat enterprise linux 7 (32-bit)", "rhel7Guest"),
    ("red hat enterprise linux 6 (64-bit)", "rhel6_64Guest"),
    ("red hat enterprise linux 6 (32-bit)", "rhel6Guest"),
    ("red hat enterprise linux 5 (64-bit)", "rhel5_64Guest"),
    ("red hat enterprise linux 5 (32-bit)", "rhel5Guest"),
    ("red hat enterprise linux 4 (64-bit)", "rhel4_64Guest"),
    ("red hat enterprise linux 4 (32-bit)", "rhel4Guest"),
    ("windows server 2025 (64-bit)", "windows2022srvNext_64Guest"),
    ("windows server 2022 (64-bit)", "windows2019srvNext_64Guest"),
    ("windows server 2019 (64-bit)", "windows2019srv_64Guest"),
    ("windows server 2016 or later (64-bit)", "windows9Server64Guest"),
    ("windows server 2016 (64-bit)", "windows9Server64Guest"),
    ("windows server 2012 (64-bit)", "windows8Server64Guest"),
    ("windows server 2008 r2 (64-bit)", "windows7Server64Guest"),
    ("windows server 2008 (64-bit)", "winLonghorn64Guest"),
    ("windows server 2008 (32-bit)", "winLonghornGuest"),
    ("windows server 2003 standard (64-bit)", "winNetStandard64Guest"),
    ("windows server 2003 standard (32-bit)", "winNetStandardGuest"),
    ("windows server 2003 (64-bit)", "winNetEnterprise64Guest"),
    ("windows server 2003 (32-bit)", "winNetEnterpriseGuest"),
    ("windows 11 (64-bit)", "windows11_64Guest"),
    ("windows 10 (64-bit)", "windows9_64Guest"),
    ("windows 10 (32-bit)", "windows9Guest"),
    ("windows 8.x (64-bit)", "windows8_64Guest"),
    ("windows 8.x (32-bit)", "windows8Guest"),
    ("windows 8 (64-bit)", "windows8_64Guest"),
    ("windows 8 (32-bit)", "windows8Guest"),
    ("windows 7 (64-bit)", "windows7_64Guest"),
    ("windows 7 (32-bit)", "windows7Guest"),
    ("windows vista (64-bit)", "winVista64Guest"),
    ("windows vista (32-bit)", "winVistaGuest"),
    ("windows xp professional (64-bit)", "winXPPro64Guest"),
    ("windows xp professional (32-bit)", "winXPProGuest"),
];

/// The identifier behind the name of a configured guest system.
pub(super) fn identifier(name: &str) -> Identifier {
    let name = name.trim().to_lowercase();
    let bare = name.strip_prefix("microsoft ").unwrap_or(&name);
    if let Some((_, identifier)) = KNOWN.iter().find(|(known, _)| *known == bare) {
        return Identifier::Is(identifier);
    }
    if FAMILIES.iter().any(|family| name.contains(family)) { Identifier::Unknown } else { Identifier::Another }
}
