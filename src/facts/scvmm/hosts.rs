//! Hosts of exports. What `hosts` says of a host in lists and `Nodes` of a cluster says in single values is joined by id,
//! else by name.

use crate::facts::document::{Value, View};
use crate::source::Span;

use super::clusters::Cluster;
use super::export::{Export, Node, one_is_short, same};
use super::layout::{Kind, Layout, speakers};
use super::storage::Storages;

/// A host of the exports.
pub(super) struct Host {
    pub(super) name: String,
    pub(super) name_span: Span,
    /// The export whose row it becomes.
    pub(super) document: usize,
    /// Its objects, the one that is asked first at the beginning: those of later exports before those of earlier ones, and one
    /// under `hosts` before one under `Nodes` of a cluster.
    pub(super) nodes: Vec<Node>,
    /// How many of them stand under `hosts`.
    own: usize,
    /// The cluster that it is a node of, by its place among them.
    pub(super) cluster: Option<usize>,
    /// Where it says that it stands alone.
    pub(super) alone: Option<Span>,
    /// Whether VMM reaches it, and where that is said; nothing where the exports do not say, or in words that nobody knows.
    answers: Option<(bool, Span)>,
    /// Whether what it says as empty or zero may be what nobody could ask it.
    dead: bool,
}

impl Host {
    /// The exports that have it: under `hosts`, else as a node of a cluster.
    fn homes(&self) -> Vec<usize> {
        let mut homes: Vec<usize> = self.nodes.iter().take(self.own).map(|node| node.document).collect();
        homes.sort_unstable();
        homes.dedup();
        if homes.is_empty() { vec![self.document] } else { homes }
    }
}

/// Whose something is.
enum Whose {
    /// A host's, by its place among them.
    Host(usize),
    /// That of a host that no export has.
    Other,
    /// It cannot be told.
    Unclear,
}

/// Hosts and clusters of the exports.
#[derive(Default)]
pub(super) struct Fabric {
    pub(super) hosts: Vec<Host>,
    pub(super) clusters: Vec<Cluster>,
    /// Whether some export lists clusters.
    pub(super) listed: bool,
}

impl Fabric {
    pub(super) fn read(export: Export<'_>, layouts: &[Layout]) -> Fabric {
        let mut fabric = Fabric::default();
        for (document, layout) in layouts.iter().enumerate() {
            for node in layout.of(Kind::Host).unwrap_or_default() {
                fabric.take(export, *node, document, true);
            }
            fabric.read_clusters(export, layout, document);
        }
        fabric.find_clusters(export);
        for host in &mut fabric.hosts {
            host.answers = host.nodes.iter().find_map(|node| answers(export, *node));
            let said = host.nodes.iter().any(|node| communication(export, *node).is_some());
            host.dead = host.answers.map_or(said, |(answers, _)| !answers);
        }
        fabric
    }

    /// Takes an object that speaks of a host; answers with the host's place.
    pub(super) fn take(&mut self, export: Export<'_>, node: Node, document: usize, own: bool) -> Option<usize> {
        let (name, span) = host_name(export, node)?;
        let id = export.text(node, "ID").map(|(id, _)| id);
        let id_of = |host: &Host| host.nodes.iter().find_map(|node| export.text(*node, "ID")).map(|(id, _)| id);
        let by_id = |host: &Host| id.is_some() && id_of(host) == id;
        // Two hosts of one name and two ids are two hosts, unless one export tells what became of the other's.
        let by_name = |host: &Host| {
            same(&host.name, name) && (!own || host.document != document || id.is_none() || id_of(host).is_none())
        };
        let found = self.hosts.iter().position(by_id).or_else(|| self.hosts.iter().position(by_name));
        let index = found.unwrap_or(self.hosts.len());
        if found.is_none() {
            self.hosts.push(Host {
                name: name.to_owned(),
                name_span: span,
                document,
                nodes: Vec::new(),
                own: 0,
                cluster: None,
                alone: None,
                answers: None,
                dead: false,
            });
        }
        let host = self.hosts.get_mut(index)?;
        if own {
            host.nodes.insert(0, node);
            host.own = host.own.saturating_add(1);
        } else if matches!(export.view(node), View::Map(_)) {
            host.nodes.insert(host.own, node);
        }
        Some(index)
    }

    /// A host by its name, without regard to case.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.hosts.iter().position(|host| same(&host.name, name))
    }

    /// Virtual switches of a host, as the last export says that speaks of it and names it. Nothing where a switch may be its
    /// own without saying so.
    fn switches(&self, export: Export<'_>, index: usize, layouts: &[Layout]) -> Option<Vec<Value>> {
        let host = self.hosts.get(index)?;
        let sections = speakers(layouts, Kind::Network, &host.homes());
        let mut doubt = sections.is_empty() || host.dead;
        for networks in sections.iter().rev() {
            let mut mine = Vec::new();
            for node in networks.iter() {
                match self.host_of_network(export, *node) {
                    Whose::Host(whose) if whose == index => mine.push(export.said(*node, "Name")),
                    Whose::Unclear => doubt = true,
                    Whose::Host(_) | Whose::Other => {}
                }
            }
            if !mine.is_empty() {
                return mine.into_iter().collect();
            }
        }
        (!doubt).then(Vec::new)
    }

    /// Whose a virtual network is: by the host's name, or by its short name where that is told from all others.
    fn host_of_network(&self, export: Export<'_>, node: Node) -> Whose {
        let host = export.get(node, "VMHost");
        let named = export
            .text(node, "VMHostName")
            .or_else(|| host.and_then(|node| export.text(node, "Name").or_else(|| export.called(node))));
        let Some((name, _)) = named else { return Whose::Unclear };
        if let Some(index) = self.find(name) {
            return Whose::Host(index);
        }
        let mut alike = self.hosts.iter().enumerate().filter(|(_, host)| one_is_short(&host.name, name));
        match (alike.next(), alike.next()) {
            (None, _) => Whose::Other,
            (Some((index, _)), None) => Whose::Host(index),
            (Some(_), Some(_)) => Whose::Unclear,
        }
    }

    /// Whether every host is known to be in a cluster or to stand alone.
    pub(super) fn all_placed(&self) -> bool {
        self.hosts.iter().all(|host| host.cluster.is_some() || host.alone.is_some())
    }

    /// All volumes and shares that hosts list.
    pub(super) fn storages(&self, export: Export<'_>) -> Storages {
        let mut storages = Storages::default();
        let lists = |node: &&Node| export.list(**node, "DiskVolumes").is_some();
        let listing = |host: &Host| host.nodes.iter().find(lists).or(host.nodes.first()).copied();
        for node in self.hosts.iter().filter_map(listing) {
            storages.note_shares(export, node);
        }
        for (index, host) in self.hosts.iter().enumerate() {
            if let Some(node) = listing(host) {
                storages.read(export, index, &host.name, node, !host.dead);
            }
        }
        storages
    }

    /// The cluster of a host as a value.
    pub(super) fn cluster_of(&self, host: usize) -> Option<Value> {
        let cluster = self.clusters.get(self.hosts.get(host)?.cluster?)?;
        Some(Value::text(cluster.name.clone(), cluster.span))
    }

    /// The rows that an export gives to the section `hosts`.
    pub(super) fn host_rows(
        &self,
        export: Export<'_>,
        document: usize,
        layouts: &[Layout],
        storages: &Storages,
    ) -> Vec<Value> {
        let hosts = self.hosts.iter().enumerate().filter(|(_, host)| host.document == document);
        hosts.map(|(index, host)| self.host_row(export, index, host, storages, layouts)).collect()
    }

    fn host_row(
        &self,
        export: Export<'_>,
        index: usize,
        host: &Host,
        storages: &Storages,
        layouts: &[Layout],
    ) -> Value {
        let span = host.nodes.first().map_or(host.name_span, |node| export.span(*node));
        let dead = host.dead;
        let mut row = Value::map(span);
        row.put(&["name"], Value::text(host.name.clone(), host.name_span));
        let mut put = |path: &[&str], value: Option<Value>| {
            if let Some(value) = value {
                row.put(path, value);
            }
        };
        let first = |ask: &dyn Fn(Node) -> Option<Value>| host.nodes.iter().find_map(|node| ask(*node));
        // What a host that does not answer says as zero is what nobody could ask it.
        let alive = |value: Option<Value>| {
            value.filter(|value| {
                !dead || !matches!(value, Value::Scalar(text, ..) if text.starts_with("0 ") || text == "0")
            })
        };
        // A host that no cluster lists stands alone, as far as an export lists clusters with all their nodes.
        let told = || self.all_told(export, &speakers(layouts, Kind::Cluster, &host.homes()));
        let alone = || host.alone.or_else(|| told().then_some(host.name_span)).map(Value::Null);
        put(&["cluster"], self.cluster_of(index).or_else(alone));
        put(&["domain"], first(&|node| export.said(node, "DomainName")));
        put(&["hypervisor"], first(&|node| hypervisor(export, node)));
        let version = |node| {
            export.said(node, "OperatingSystemVersionString").or_else(|| export.said(node, "OperatingSystemVersion"))
        };
        put(&["os-version"], first(&version));
        put(&["cpu", "manufacturer"], first(&|node| export.said(node, "ProcessorManufacturer")));
        put(&["cpu", "family"], first(&|node| export.said(node, "ProcessorFamily")));
        put(&["cpu", "hardware-virtualization"], first(&|node| export.switch(node, "HardwareVirtualization")));
        put(&["storage"], storages.of_host(index).map(|names| list(names, span)));
        put(&["live-migration", "enabled"], first(&|node| export.switch(node, "EnableLiveMigration")));
        put(&["live-migration", "maximum"], alive(first(&|node| export.count(node, "LiveMigrationMaximum"))));
        put(
            &["live-migration", "storage-maximum"],
            alive(first(&|node| export.count(node, "LiveStorageMigrationMaximum"))),
        );
        put(&["live-migration", "authentication"], first(&|node| authentication(export, node)));
        put(&["smb-access"], first(&|node| granted(export, node, storages)));
        put(&["responding"], host.answers.map(|(answers, at)| Value::bare(answers.to_string(), at)));
        put(&["maintenance"], first(&|node| export.switch(node, "MaintenanceHost")));
        put(&["memory", "total"], alive(first(&|node| export.bytes(node, "TotalMemory"))));
        put(&["memory", "available"], alive(first(&|node| export.mebibytes(node, "AvailableMemory"))));
        put(&["memory", "reserve"], alive(first(&|node| export.mebibytes(node, "MemoryReserveMB"))));
        put(&["switches"], self.switches(export, index, layouts).map(|names| Value::List(names, span)));
        put(&["san-status"], first(&|node| san_status(export, node)).filter(|_| !dead));
        row
    }
}

pub(super) fn host_name<'a>(export: Export<'a>, node: Node) -> Option<(&'a str, Span)> {
    let named = export.text(node, "Name").or_else(|| export.text(node, "FullyQualifiedDomainName"));
    // Cut down to its name, or within itself.
    named.or_else(|| export.called(node))
}

fn communication<'a>(export: Export<'a>, node: Node) -> Option<(&'a str, Span)> {
    export.name(node, "CommunicationState", "CommunicationStateString")
}

fn answers(export: Export<'_>, node: Node) -> Option<(bool, Span)> {
    export.means(node, "CommunicationState", "CommunicationStateString", |state| match state {
        "responding" | "0" => Some(true),
        "notresponding" | "not responding" | "accessdenied" | "access denied" | "connecting" | "disconnected"
        | "pending" | "unreachable" => Some(false),
        _ => None,
    })
}

pub(super) fn hypervisor(export: Export<'_>, node: Node) -> Option<Value> {
    let known = |platform: &str| matches!(platform, "hyperv" | "hyper-v" | "microsoft hyper-v" | "2").then_some(());
    if let Some(((), span)) = export.means(node, "VirtualizationPlatform", "VirtualizationPlatformString", known) {
        return Some(Value::bare("hyper-v", span));
    }
    let (text, span) = export.name(node, "VirtualizationPlatform", "VirtualizationPlatformString")?;
    (!text.bytes().all(|byte| byte.is_ascii_digit())).then(|| Value::text(text, span))
}

/// `MigrationAuthProtocol`. Of the numbers only 0 has been seen beside its name.
fn authentication(export: Export<'_>, node: Node) -> Option<Value> {
    let known = |protocol: &str| match protocol {
        "0" | "credssp" => Some("credssp"),
        "kerberos" => Some("kerberos"),
        _ => None,
    };
    let (protocol, span) = export.means(node, "MigrationAuthProtocol", "MigrationAuthProtocolString", known)?;
    Some(Value::bare(protocol, span))
}

/// Shares that grant the host access, which whoever collected the export looked up beside VMM.
fn granted(export: Export<'_>, node: Node, storages: &Storages) -> Option<Value> {
    let span = export.get(node, "SmbAccess").map(|list| export.span(list))?;
    let paths = export.list(node, "SmbAccess")?;
    let shares = paths.into_iter().filter_map(|path| export.called(path));
    let shares = shares.map(|(path, span)| Value::text(storages.share_called(path), span));
    Some(Value::List(shares.collect(), span))
}

/// SAN transports that a host is fit for: those whose status names no trouble, where the export has the status of all three.
fn san_status(export: Export<'_>, node: Node) -> Option<Value> {
    let kinds = [
        (export.get(node, "FibreChannelSANStatus"), "fibre-channel"),
        (export.get(node, "ISCSISANStatus"), "iscsi"),
        (export.get(node, "NPIVFibreChannelSANStatus"), "npiv"),
    ];
    let mut fit = Vec::new();
    let mut at = export.span(node);
    for (status, kind) in kinds {
        let status = status.filter(|status| !matches!(export.view(*status), View::Null))?;
        let trouble = export.called(status);
        if let Some((_, span)) = trouble {
            at = span;
        }
        if !trouble.is_some_and(|(text, _)| is_trouble(text)) {
            fit.push(kind);
        }
    }
    Some(Value::List(fit.into_iter().map(|kind| Value::bare(kind, at)).collect(), at))
}

/// Whether one of VMM's error texts names an error: `Success (0)` does not, in whatever language.
pub(super) fn is_trouble(status: &str) -> bool {
    let status = status.trim();
    !status.ends_with("(0)") && !["OK", "Success"].iter().any(|fine| same(status, fine))
}

fn list(names: Vec<&str>, span: Span) -> Value {
    Value::List(names.into_iter().map(|name| Value::text(name, span)).collect(), span)
}
