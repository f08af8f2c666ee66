//! The estate of the life test: an export of System Center VMM with what an administrator knows laid over it, and moves in it
//! whose verdicts are known. The real export where there is one, else the small one of `tests/data`; both have moves of the
//! same kinds.

use std::path::Path;

use crate::tools_support;

/// Inventories and moves.
pub struct Estate {
    /// Names and texts of the inventories, in the order in which they are laid over each other.
    pub inventories: Vec<(&'static str, Vec<u8>)>,
    /// Steps that nothing speaks against.
    pub good: &'static [&'static str],
    /// The volume that they go to.
    pub volume: &'static str,
    /// A step that the old plans have: its files stay where the destination does not reach them (VMM208).
    pub old: &'static str,
    /// The same, mended.
    pub mended: &'static str,
    /// A step to a share without room (VMM805).
    pub full: &'static str,
}

const REAL: Estate = Estate {
    inventories: Vec::new(),
    good: &[
        r"vm: s_appl_downstream-58z_170825_JQVtimFJ, to: { storage: 'C:\ClusterStorage\netapp_crud_vol' }",
        r"vm: s_appl_downstream-58z_170825_lLu6YzrG, to: { storage: 'C:\ClusterStorage\netapp_crud_vol' }",
        r"vm: s_appl_downstream-58z_170825_WhrMt4EY, to: { storage: 'C:\ClusterStorage\netapp_crud_vol' }",
        r"vm: DualDVDa, to: { host: qeblade26, storage: 'C:\ClusterStorage\netapp_crud_vol' }",
    ],
    volume: r"C:\ClusterStorage\netapp_crud_vol",
    old: "vm: jenkins_s_appl_downstream-58z_170825_HiIBEmGz, transfer: network, to: { host: qeblade26 }",
    mended: r"vm: jenkins_s_appl_downstream-58z_170825_HiIBEmGz, transfer: network, to: { host: qeblade26, storage: 'C:\ClusterStorage\netapp_crud_vol' }",
    full: r"vm: DualDVDa, transfer: live-storage, to: { storage: '\\clusterstore.cfme-qe-vmm-ad.rhq.lab.eng.bos.redhat.com\cdrive' }",
};

const SMALL: Estate = Estate {
    inventories: Vec::new(),
    good: &[
        r"vm: penguin, to: { storage: 'C:\ClusterStorage\floe' }",
        r"vm: dovekie, to: { storage: 'C:\ClusterStorage\floe' }",
        r"vm: murre, to: { storage: 'C:\ClusterStorage\floe' }",
        r"vm: walrus, to: { host: ice01, storage: 'C:\ClusterStorage\floe' }",
    ],
    volume: r"C:\ClusterStorage\floe",
    old: "vm: penguin, transfer: network, to: { host: ice01 }",
    mended: r"vm: penguin, transfer: network, to: { host: ice01, storage: 'C:\ClusterStorage\floe' }",
    full: r"vm: walrus, transfer: live-storage, to: { storage: '\\files.lab.example\iso' }",
};

impl Estate {
    /// The real one where it is there, else the small one.
    pub fn new() -> Estate {
        let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
        let read = |path: &Path| std::fs::read(path).unwrap();
        let own = |name: &str| read(&here.join(name));
        if let Some(export) = tools_support::shared("data/scvmm/inventory-2012r2.json") {
            let inventories = vec![("export.json", read(&export)), ("facts.yaml", own("plans/scvmm-drain-facts.yaml"))];
            return Estate { inventories, ..REAL };
        }
        let inventories = vec![
            ("export.json", own("data/scvmm-small.json")),
            ("machines.yaml", own("plans/small-more-machines.yaml")),
            ("facts.yaml", own("plans/small-drain-facts.yaml")),
        ];
        Estate { inventories, ..SMALL }
    }
}
