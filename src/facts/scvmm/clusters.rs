//! Clusters of exports: those that are listed with their nodes, and those that hosts name.

use crate::facts::document::Value;
use crate::source::Span;

use super::export::{Export, Node, same, short};
use super::hosts::{Fabric, host_name, hypervisor};
use super::layout::{Kind, Layout};
use super::storage::Storages;

/// A cluster of the exports.
pub(super) struct Cluster {
    /// The export whose row it becomes.
    document: usize,
    /// Its object, or the place where a host names it.
    node: Node,
    pub(super) name: String,
    /// What VMM calls it in full, with its domain.
    full: Option<String>,
    pub(super) span: Span,
}

impl Fabric {
    /// Takes the clusters of an export, and the hosts that are their nodes.
    pub(super) fn read_clusters(&mut self, export: Export<'_>, layout: &Layout, document: usize) {
        let Some(nodes) = layout.of(Kind::Cluster) else { return };
        self.listed = true;
        for node in nodes {
            let Some(cluster) = self.cluster(export, *node, document) else { continue };
            for member in export.list(*node, "Nodes").unwrap_or_default() {
                if let Some(host) = self.take(export, member, document, false)
                    && let Some(host) = self.hosts.get_mut(host)
                {
                    host.cluster = Some(cluster);
                }
            }
        }
    }

    /// Whether exports list clusters, each with all its nodes: whatever they do not list is in none of them.
    pub(super) fn all_told(&self, export: Export<'_>, sections: &[&[Node]]) -> bool {
        !sections.is_empty() && sections.iter().all(|clusters| clusters.iter().all(|node| says_nodes(export, *node)))
    }

    /// Hosts that no list of nodes has may say themselves which cluster they are in, or that they are in none.
    pub(super) fn find_clusters(&mut self, export: Export<'_>) {
        let alone: Vec<(usize, Vec<Node>)> = self
            .hosts
            .iter()
            .enumerate()
            .filter(|(_, h)| h.cluster.is_none())
            .map(|(i, h)| (i, h.nodes.clone()))
            .collect();
        for (index, nodes) in alone {
            let Some((of, said)) = nodes.iter().find_map(|node| Some((*node, export.get(*node, "HostCluster")?)))
            else {
                continue;
            };
            let cluster = self.cluster(export, said, of.document);
            if let Some(host) = self.hosts.get_mut(index) {
                host.cluster = cluster;
                host.alone = export.null(of, "HostCluster");
            }
        }
    }

    /// The place of a cluster among them, by its object or by its name alone.
    fn cluster(&mut self, export: Export<'_>, node: Node, document: usize) -> Option<usize> {
        let own = export.text(node, "ClusterName");
        let full = export.text(node, "Name").or_else(|| export.called(node));
        let (name, span) = own.or_else(|| full.map(|(name, span)| (short(name), span)))?;
        let full = full.map(|(name, _)| name);
        let known = self.clusters.iter_mut().enumerate().find(|(_, cluster)| {
            // Two clusters of one name lie in two domains.
            let other = cluster.full.as_deref();
            same(&cluster.name, name)
                && full.zip(other).is_none_or(|(a, b)| same(a, b) || same(a, name) || same(b, name))
        });
        if let Some((index, cluster)) = known {
            if own.is_some() && cluster.node.document < document {
                (cluster.node, cluster.span) = (node, span);
            }
            return Some(index);
        }
        let cluster = Cluster { document, node, name: name.to_owned(), full: full.map(str::to_owned), span };
        self.clusters.push(cluster);
        Some(self.clusters.len().saturating_sub(1))
    }

    /// The rows that an export gives to the section `clusters`.
    pub(super) fn cluster_rows(&self, export: Export<'_>, document: usize, storages: &Storages) -> Vec<Value> {
        let rows = self.clusters.iter().enumerate().filter(|(_, cluster)| cluster.document == document);
        rows.map(|(index, cluster)| self.cluster_row(export, index, cluster, storages)).collect()
    }

    fn cluster_row(&self, export: Export<'_>, index: usize, cluster: &Cluster, storages: &Storages) -> Value {
        let mut row = Value::map(export.span(cluster.node));
        row.put(&["name"], Value::text(cluster.name.clone(), cluster.span));
        let of_cluster = self.hosts.iter().enumerate().filter(|(_, host)| host.cluster == Some(index));
        let nodes: Vec<usize> = of_cluster.map(|(at, _)| at).collect();
        // A cluster of Hyper-V hosts is a failover cluster: there is no other kind.
        let hyper_v = |at: &usize| {
            let nodes = self.hosts.get(*at).into_iter().flat_map(|host| &host.nodes);
            nodes
                .filter_map(|node| hypervisor(export, *node))
                .any(|v| matches!(v, Value::Scalar(name, ..) if name == "hyper-v"))
        };
        if !nodes.is_empty() && nodes.iter().all(hyper_v) {
            row.put(&["failover-cluster"], Value::bare("true", cluster.span));
        }
        let csv: Vec<Option<bool>> = nodes.iter().map(|at| storages.lists_csv(*at)).collect();
        let shared = || export.list(cluster.node, "SharedVolumes").map(|volumes| !volumes.is_empty());
        let enabled = if csv.contains(&Some(true)) {
            Some(true)
        } else {
            (!csv.is_empty() && csv.iter().all(|said| *said == Some(false))).then_some(false).or_else(shared)
        };
        if let Some(enabled) = enabled {
            row.put(&["csv-enabled"], Value::bare(enabled.to_string(), cluster.span));
        }
        row
    }
}

/// Whether a cluster says which hosts are its nodes. A list that was cut to one text does not.
fn says_nodes(export: Export<'_>, cluster: Node) -> bool {
    export.list(cluster, "Nodes").is_some_and(|nodes| nodes.iter().all(|node| host_name(export, *node).is_some()))
}
