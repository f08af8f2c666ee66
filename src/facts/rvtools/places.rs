//! Where machines are: hosts with their clusters, and datastores.

use rustc_hash::FxHashMap;

use crate::facts::document::Value;
use crate::source::Span;

use super::field::{Fields, flag};
use super::record::Record;
use super::sheets::Column;
use super::table::{Line, Table};

/// What a cluster does by itself.
#[derive(Clone, Copy, Debug)]
struct Cluster {
    drs: Option<(bool, Span)>,
    dpm: Option<(bool, Span)>,
}

/// Hosts, clusters and datastores by name. What stands in several rows that do not agree is not known.
#[derive(Debug, Default)]
pub(super) struct Places {
    clusters: FxHashMap<String, Vec<(Option<String>, Cluster)>>,
    hosts: FxHashMap<String, Vec<Host>>,
    datastores: FxHashMap<String, Vec<String>>,
}

#[derive(Debug)]
struct Host {
    id: Option<String>,
    /// Its cluster, the empty name of none; nothing where the sheet does not say.
    cluster: Option<String>,
    span: Span,
}

fn key(text: &str) -> String {
    text.to_lowercase()
}

impl Places {
    pub(super) fn clusters(&mut self, table: &Table<'_>, fields: &mut Fields) {
        for line in &table.lines {
            let Some((name, _)) = table.said(line, Column::Name) else { continue };
            let server = table.said(line, Column::Server).map(|(server, _)| key(server));
            let cluster =
                Cluster { drs: fields.truth(table, line, Column::Drs), dpm: fields.truth(table, line, Column::Dpm) };
            self.clusters.entry(key(name)).or_default().push((server, cluster));
        }
    }

    pub(super) fn hosts(&mut self, table: &Table<'_>) {
        for line in &table.lines {
            let Some((name, span)) = table.said(line, Column::Host) else { continue };
            let id = table.said(line, Column::ObjectId).map(|(id, _)| id.to_owned());
            let cluster = table.field(line, Column::Cluster).map(|(cluster, _)| cluster.to_owned());
            self.hosts.entry(key(name)).or_default().push(Host { id, cluster, span });
        }
    }

    pub(super) fn datastores(&mut self, table: &Table<'_>) {
        for line in &table.lines {
            let Some((name, _)) = table.said(line, Column::Name) else { continue };
            let id = table.said(line, Column::ObjectId).map(|(id, _)| id.to_owned());
            self.datastores.entry(key(name)).or_default().extend(id);
        }
    }

    /// The host of a machine with its cluster.
    pub(super) fn host(&self, info: &Table<'_>, line: &Line<'_>) -> Option<Value> {
        let said = info.said(line, Column::Host);
        let listed = said.and_then(|(name, _)| self.hosts.get(&key(name))).map_or(&[][..], Vec::as_slice);
        let listed = match listed {
            [one] => Some(one),
            _ => None,
        };
        let mut host = Record::new(said.map_or(line.span, |(_, span)| span));
        if let Some((name, span)) = said {
            host.add("name", Value::text(name, span));
        }
        if let Some(Host { id: Some(id), span, .. }) = listed {
            host.add("id", Value::text(id, *span));
        }
        let by_host = || listed.and_then(|host| Some((host.cluster.as_deref()?, host.span)));
        let cluster = info.said(line, Column::Cluster).or_else(by_host).or_else(|| info.field(line, Column::Cluster));
        host.put("cluster", cluster.map(|(name, span)| self.cluster(info, line, (name, span))));
        Some(host.finish())
    }

    /// A cluster by its name; `null` for the empty one.
    fn cluster(&self, info: &Table<'_>, line: &Line<'_>, (name, span): (&str, Span)) -> Value {
        if name.is_empty() {
            return Value::Null(span);
        }
        let server = info.said(line, Column::Server).map(|(server, _)| key(server));
        let all = self.clusters.get(&key(name)).map_or(&[][..], Vec::as_slice);
        let mut meant = all.iter().filter(|(of, _)| all.len() == 1 || *of == server);
        let found = match (meant.next(), meant.next()) {
            (Some((_, cluster)), None) => Some(cluster),
            _ => None,
        };
        let mut cluster = Record::new(span);
        cluster.add("name", Value::text(name, span));
        let truth = |said: Option<(bool, Span)>| said.map(|(truth, span)| flag(truth, span));
        cluster.put("drsEnabled", found.and_then(|cluster| truth(cluster.drs)));
        cluster.put("dpmEnabled", found.and_then(|cluster| truth(cluster.dpm)));
        // Rules that tie machines to hosts stand in no sheet.
        cluster.put("hostAffinityVms", None);
        cluster.finish()
    }

    /// The datastore of a disk, out of the path of its file: `[datastore] folder/file.vmdk`.
    pub(super) fn datastore(&self, table: &Table<'_>, line: &Line<'_>) -> Option<Value> {
        let (path, span) = table.said(line, Column::Path)?;
        let (name, _) = path.strip_prefix('[')?.split_once(']')?;
        let name = name.trim();
        let ids = self.datastores.get(&key(name)).map_or(&[][..], Vec::as_slice);
        let id = match ids {
            // The name tells it from all others of its vCenter, too.
            [] => name,
            [one] => one,
            [_, ..] => name,
        };
        let mut datastore = Record::new(span);
        datastore.add("id", Value::text(id, span));
        datastore.add("name", Value::text(name, span));
        Some(datastore.finish())
    }
}
