//! Hosts and clusters of an export. What `hosts` says of a host in lists and `Nodes` of a cluster says in single values is
//! joined by id, else by name.

use crate::facts::document::{NodeId, Value};
use crate::source::Span;

use super::export::{Export, same};
use super::storage::Storages;

/// A host of the export.
pub(super) struct Host {
    pub(super) name: String,
    name_span: Span,
    /// Its object under `hosts`.
    node: Option<NodeId>,
    /// Its object under `Nodes` of a cluster, the fullest there is.
    full: Option<NodeId>,
    /// The cluster that lists it, by its place in the export.
    pub(super) cluster: Option<usize>,
    /// Whether VMM reaches it; nothing where the export does not say.
    answers: Option<bool>,
}

/// A cluster of the export.
pub(super) struct Cluster {
    node: NodeId,
    pub(super) name: String,
    pub(super) span: Span,
}

/// Hosts and clusters of the export.
pub(super) struct Fabric {
    pub(super) hosts: Vec<Host>,
    pub(super) clusters: Vec<Cluster>,
}

impl Fabric {
    pub(super) fn read(export: Export<'_>, root: NodeId) -> Fabric {
        let mut fabric = Fabric { hosts: Vec::new(), clusters: Vec::new() };
        for node in export.list(root, "hosts").unwrap_or_default() {
            if let Some((name, span)) = host_name(export, node) {
                let host = Host {
                    name: name.to_owned(),
                    name_span: span,
                    node: Some(node),
                    full: None,
                    cluster: None,
                    answers: None,
                };
                fabric.hosts.push(host);
            }
        }
        for node in export.list(root, "clusters").unwrap_or_default() {
            let Some((name, span)) = export.text(node, "ClusterName").or_else(|| export.text(node, "Name")) else {
                continue;
            };
            let cluster = fabric.clusters.len();
            fabric.clusters.push(Cluster { node, name: name.to_owned(), span });
            for node in export.list(node, "Nodes").unwrap_or_default() {
                fabric.join(export, node, cluster);
            }
        }
        for host in &mut fabric.hosts {
            host.answers = answers(export, host);
        }
        fabric
    }

    fn join(&mut self, export: Export<'_>, node: NodeId, cluster: usize) {
        let Some((name, span)) = host_name(export, node) else { return };
        let id = export.text(node, "ID").map(|(id, _)| id);
        let by_id = |host: &Host| {
            let own = host.node.and_then(|node| export.text(node, "ID")).map(|(id, _)| id);
            own.is_some() && own == id
        };
        let found = self.hosts.iter().position(by_id).or_else(|| self.find(name));
        match found.and_then(|index| self.hosts.get_mut(index)) {
            Some(host) => {
                host.full = Some(node);
                host.cluster = Some(cluster);
            }
            None => self.hosts.push(Host {
                name: name.to_owned(),
                name_span: span,
                node: None,
                full: Some(node),
                cluster: Some(cluster),
                answers: None,
            }),
        }
    }

    /// A host by its name, without regard to case.
    pub(super) fn find(&self, name: &str) -> Option<usize> {
        self.hosts.iter().position(|host| same(&host.name, name))
    }

    /// All volumes and shares that hosts list.
    pub(super) fn storages(&self, export: Export<'_>) -> Storages {
        let mut storages = Storages::default();
        for (index, host) in self.hosts.iter().enumerate() {
            if let Some(node) = host.node {
                storages.read(export, index, &host.name, node, host.answers != Some(false));
            }
        }
        storages
    }

    /// The cluster of a host as a value.
    pub(super) fn cluster_of(&self, host: usize) -> Option<Value> {
        let cluster = self.clusters.get(self.hosts.get(host)?.cluster?)?;
        Some(Value::text(cluster.name.clone(), cluster.span))
    }

    /// The rows of the section `hosts`.
    pub(super) fn host_rows(&self, export: Export<'_>, root: NodeId, storages: &Storages) -> Vec<Value> {
        let networks = export.list(root, "vnets");
        self.hosts
            .iter()
            .enumerate()
            .map(|(index, host)| self.host_row(export, index, host, storages, networks.as_deref()))
            .collect()
    }

    fn host_row(
        &self,
        export: Export<'_>,
        index: usize,
        host: &Host,
        storages: &Storages,
        networks: Option<&[NodeId]>,
    ) -> Value {
        let nodes: Vec<NodeId> = host.node.into_iter().chain(host.full).collect();
        let span = nodes.first().map_or(host.name_span, |node| export.span(*node));
        let dead = host.answers == Some(false);
        let mut row = Value::map(span);
        row.put(&["name"], Value::text(host.name.clone(), host.name_span));
        let mut put = |path: &[&str], value: Option<Value>| {
            if let Some(value) = value {
                row.put(path, value);
            }
        };
        let first = |ask: &dyn Fn(NodeId) -> Option<Value>| nodes.iter().find_map(|node| ask(*node));
        // What a host that does not answer says as zero is what nobody could ask it.
        let alive = |value: Option<Value>| {
            value.filter(|value| {
                !dead || !matches!(value, Value::Scalar(text, ..) if text.starts_with("0 ") || text == "0")
            })
        };
        // A host that no cluster of the export lists stands alone, as far as the export lists clusters.
        let alone = || export.root().filter(|root| export.has(*root, "clusters")).map(|_| Value::Null(host.name_span));
        put(&["cluster"], self.cluster_of(index).or_else(alone));
        put(&["domain"], first(&|node| export.said(node, "DomainName")));
        put(&["hypervisor"], first(&|node| hypervisor(export, node)));
        let version = |node| {
            export.said(node, "OperatingSystemVersionString").or_else(|| export.said(node, "OperatingSystemVersion"))
        };
        put(&["os-version"], first(&version));
        put(&["cpu", "manufacturer"], first(&|node| export.said(node, "ProcessorManufacturer")));
        put(&["cpu", "family"], first(&|node| export.said(node, "ProcessorFamily")));
        put(&["storage"], storages.of_host(index).map(|names| list(names, span)));
        put(&["live-migration", "enabled"], first(&|node| export.switch(node, "EnableLiveMigration")));
        put(&["live-migration", "maximum"], alive(first(&|node| export.count(node, "LiveMigrationMaximum"))));
        put(
            &["live-migration", "storage-maximum"],
            alive(first(&|node| export.count(node, "LiveStorageMigrationMaximum"))),
        );
        put(&["live-migration", "authentication"], first(&|node| authentication(export, node)));
        put(
            &["responding"],
            host.answers.map(|answers| Value::bare(answers.to_string(), answers_span(export, &nodes, span))),
        );
        put(&["maintenance"], first(&|node| export.switch(node, "MaintenanceHost")));
        put(&["memory", "total"], alive(first(&|node| export.bytes(node, "TotalMemory"))));
        put(&["memory", "available"], alive(first(&|node| export.mebibytes(node, "AvailableMemory"))));
        put(&["memory", "reserve"], alive(first(&|node| export.mebibytes(node, "MemoryReserveMB"))));
        put(&["switches"], networks.and_then(|networks| switches(export, host, networks, dead, span)));
        put(&["san-status"], first(&|node| san_status(export, node)).filter(|_| !dead));
        row
    }

    /// The rows of the section `clusters`.
    pub(super) fn cluster_rows(&self, export: Export<'_>, storages: &Storages) -> Vec<Value> {
        let rows = self.clusters.iter().enumerate().map(|(index, cluster)| {
            let mut row = Value::map(export.span(cluster.node));
            row.put(&["name"], Value::text(cluster.name.clone(), cluster.span));
            let nodes: Vec<usize> = self
                .hosts
                .iter()
                .enumerate()
                .filter(|(_, host)| host.cluster == Some(index))
                .map(|(at, _)| at)
                .collect();
            // A cluster of Hyper-V hosts is a failover cluster: there is no other kind.
            let hyper_v = |at: &usize| {
                let host = self.hosts.get(*at);
                let nodes = host.into_iter().flat_map(|host| host.node.into_iter().chain(host.full));
                nodes
                    .filter_map(|node| hypervisor(export, node))
                    .any(|v| matches!(v, Value::Scalar(name, ..) if name == "hyper-v"))
            };
            if !nodes.is_empty() && nodes.iter().all(hyper_v) {
                row.put(&["failover-cluster"], Value::bare("true", cluster.span));
            }
            let csv: Vec<Option<bool>> = nodes.iter().map(|at| storages.lists_csv(*at)).collect();
            let enabled = if csv.contains(&Some(true)) {
                Some(true)
            } else {
                (!csv.is_empty() && csv.iter().all(|said| *said == Some(false))).then_some(false)
            };
            if let Some(enabled) = enabled {
                row.put(&["csv-enabled"], Value::bare(enabled.to_string(), cluster.span));
            }
            row
        });
        rows.collect()
    }
}

fn host_name<'a>(export: Export<'a>, node: NodeId) -> Option<(&'a str, Span)> {
    export.text(node, "Name").or_else(|| export.text(node, "FullyQualifiedDomainName"))
}

fn communication<'a>(export: Export<'a>, node: NodeId) -> Option<(&'a str, Span)> {
    export.text(node, "CommunicationStateString").or_else(|| export.text(node, "CommunicationState"))
}

fn answers(export: Export<'_>, host: &Host) -> Option<bool> {
    let (state, _) = host.node.into_iter().chain(host.full).find_map(|node| communication(export, node))?;
    match state {
        "Responding" | "0" => Some(true),
        text if text.bytes().all(|byte| byte.is_ascii_digit()) => None,
        _ => Some(false),
    }
}

fn answers_span(export: Export<'_>, nodes: &[NodeId], otherwise: Span) -> Span {
    nodes.iter().find_map(|node| communication(export, *node)).map_or(otherwise, |(_, span)| span)
}

fn hypervisor(export: Export<'_>, node: NodeId) -> Option<Value> {
    let (text, span) =
        export.text(node, "VirtualizationPlatformString").or_else(|| export.text(node, "VirtualizationPlatform"))?;
    match text {
        "HyperV" | "Hyper-V" | "Microsoft Hyper-V" | "2" => Some(Value::bare("hyper-v", span)),
        number if number.bytes().all(|byte| byte.is_ascii_digit()) => None,
        other => Some(Value::text(other, span)),
    }
}

/// `MigrationAuthProtocol`. Of the numbers only 0 has been seen beside its name.
fn authentication(export: Export<'_>, node: NodeId) -> Option<Value> {
    let (text, span) =
        export.text(node, "MigrationAuthProtocolString").or_else(|| export.text(node, "MigrationAuthProtocol"))?;
    match text.to_ascii_lowercase().as_str() {
        "0" | "credssp" => Some(Value::bare("credssp", span)),
        "kerberos" => Some(Value::bare("kerberos", span)),
        _ => None,
    }
}

/// SAN transports that a host is fit for: those whose status names no trouble, where the export has the status of all three.
fn san_status(export: Export<'_>, node: NodeId) -> Option<Value> {
    let kinds = [
        ("FibreChannelSANStatus", "fibre-channel"),
        ("ISCSISANStatus", "iscsi"),
        ("NPIVFibreChannelSANStatus", "npiv"),
    ];
    let mut fit = Vec::new();
    let mut at = export.span(node);
    for (member, kind) in kinds {
        let trouble = export.text(node, member);
        if let Some((_, span)) = trouble {
            at = span;
        }
        match trouble {
            None if !export.has(node, member) || export.null(node, member).is_some() => return None,
            Some((text, _)) if !same(text, "OK") && !same(text, "Success") => {}
            _ => fit.push(kind),
        }
    }
    Some(Value::List(fit.into_iter().map(|kind| Value::bare(kind, at)).collect(), at))
}

fn switches(export: Export<'_>, host: &Host, networks: &[NodeId], dead: bool, span: Span) -> Option<Value> {
    let mine = networks
        .iter()
        .filter(|node| export.text(**node, "VMHostName").is_some_and(|(name, _)| same(name, &host.name)));
    let names: Vec<Value> = mine.filter_map(|node| export.said(*node, "Name")).collect();
    (!dead || !names.is_empty()).then_some(Value::List(names, span))
}

fn list(names: Vec<&str>, span: Span) -> Value {
    Value::List(names.into_iter().map(|name| Value::text(name, span)).collect(), span)
}
