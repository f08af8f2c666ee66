//! Volumes and file shares of an export: which there are, what they are called, and on which of them a path lies.

use crate::facts::document::Value;
use crate::source::Span;

use super::export::{Export, Node, one_is_short, same, short};

/// The id that VMM writes where there is none.
const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// A storage of the inventory that is being made.
struct Storage {
    name: String,
    row: Value,
    /// `IsClusterSharedVolume`, `IsClustered`: it may be listed by several hosts.
    clustered: bool,
    /// `HostVolumeID`: the same in every host's view.
    volume: Option<String>,
    /// Hosts that list it, by their place in the export.
    hosts: Vec<usize>,
}

/// One host's view of a volume or share.
struct View {
    host: usize,
    storage: usize,
    /// `ID` of the view: what `HostVolumeId` of a disk speaks of.
    id: Option<String>,
    /// `C:\`, `C:\ClusterStorage\Volume1`, `\\server\share`.
    path: String,
}

/// All storage of an export.
#[derive(Default)]
pub(super) struct Storages {
    storages: Vec<Storage>,
    views: Vec<View>,
    /// Hosts that say which volumes and shares they list.
    known: Vec<usize>,
    /// Shares that hosts have registered, as they spell them.
    registered: Vec<String>,
}

impl Storages {
    /// Takes note of the shares that a host has registered, before any is read: whether a short name is told from all others
    /// depends on all of them.
    pub(super) fn note_shares(&mut self, export: Export<'_>, node: Node) {
        for share in export.objects(node, "RegisteredStorageFileShares").unwrap_or_default() {
            if let Some((path, _)) = share_path(export, share)
                && !self.registered.iter().any(|known| same(known, path))
            {
                self.registered.push(path.to_owned());
            }
        }
    }

    /// The spelling of a registered share that counts: the one with the server's full name, where that is the only one.
    fn spelled<'s>(&'s self, path: &'s str) -> &'s str {
        if split(path).is_some_and(|(server, _)| server.contains('.')) {
            return path;
        }
        let mut alike = self.registered.iter().filter(|other| are_alike(other, path));
        match (alike.next(), alike.next()) {
            (Some(full), None) => full,
            _ => path,
        }
    }

    /// Reads what a host lists. `host`: its place in the export.
    pub(super) fn read(&mut self, export: Export<'_>, host: usize, name: &str, node: Node, answers: bool) {
        let volumes = export.objects(node, "DiskVolumes");
        let shares = export.objects(node, "RegisteredStorageFileShares");
        // A host that does not answer lists nothing because nobody could ask it.
        let said = |list: &Option<Vec<Node>>| list.as_ref().is_some_and(|list| answers || !list.is_empty());
        if said(&volumes) && said(&shares) {
            self.known.push(host);
        }
        for volume in volumes.unwrap_or_default() {
            self.volume(export, host, name, volume);
        }
        for share in shares.unwrap_or_default() {
            self.share(export, host, share);
        }
    }

    fn volume(&mut self, export: Export<'_>, host: usize, host_name: &str, node: Node) {
        let Some((path, path_span)) = export.text(node, "Name").or_else(|| export.text(node, "MountPoints")) else {
            return;
        };
        let flag = |member| export.flag(node, member);
        let (shared, clustered) = (flag("IsClusterSharedVolume"), flag("IsClustered"));
        let is = |said: Option<(bool, Span)>| said.is_some_and(|(on, _)| on);
        let volume = export.text(node, "HostVolumeID").map(|(id, _)| id).filter(|id| *id != NO_ID);
        let of_cluster = is(shared) || is(clustered);
        let known = volume.and_then(|id| {
            let same_volume = |s: &Storage| s.clustered && s.volume.as_deref().is_some_and(|other| same(other, id));
            self.storages.iter().position(same_volume).filter(|_| of_cluster)
        });
        let storage = known.unwrap_or_else(|| {
            let name = if is(shared) { path.to_owned() } else { format!("{}:{path}", short(host_name)) };
            let mut row = Value::map(export.span(node));
            row.put(&["name"], Value::text(name.clone(), path_span));
            if let Some(kind) = kind(export, node, shared, clustered) {
                row.put(&["kind"], kind);
            }
            row.put(&["path"], Value::text(path, path_span));
            for (member, from) in [("capacity", "Capacity"), ("free", "FreeSpace")] {
                if let Some(size) = export.bytes(node, from) {
                    row.put(&[member], size);
                }
            }
            self.push(name, row, of_cluster, volume)
        });
        self.view(host, storage, export.text(node, "ID").map(|(id, _)| id), path);
    }

    fn share(&mut self, export: Export<'_>, host: usize, node: Node) {
        let Some((path, span)) = share_path(export, node) else { return };
        let spelled = self.spelled(path).to_owned();
        let path = spelled.as_str();
        let storage = self.storages.iter().position(|s| same(&s.name, path)).unwrap_or_else(|| {
            let mut row = share_row(path, export.span(node), span);
            for (member, from) in [("capacity", "Capacity"), ("free", "FreeSpace")] {
                if let Some(size) = export.bytes(node, from) {
                    row.put(&[member], size);
                }
            }
            self.push(path.to_owned(), row, false, None)
        });
        self.view(host, storage, None, path);
    }

    fn push(&mut self, name: String, row: Value, clustered: bool, volume: Option<&str>) -> usize {
        let index = self.storages.len();
        self.storages.push(Storage { name, row, clustered, volume: volume.map(str::to_owned), hosts: Vec::new() });
        index
    }

    fn view(&mut self, host: usize, storage: usize, id: Option<&str>, path: &str) {
        if let Some(entry) = self.storages.get_mut(storage)
            && !entry.hosts.contains(&host)
        {
            entry.hosts.push(host);
        }
        self.views.push(View { host, storage, id: id.map(str::to_owned), path: path.to_owned() });
    }

    /// Names of what a host lists, in its order; nothing where the export does not say.
    pub(super) fn of_host(&self, host: usize) -> Option<Vec<&str>> {
        let mut names: Vec<&str> = Vec::new();
        for view in self.views.iter().filter(|view| view.host == host) {
            if let Some(storage) = self.storages.get(view.storage)
                && !names.contains(&storage.name.as_str())
            {
                names.push(&storage.name);
            }
        }
        self.known.contains(&host).then_some(names)
    }

    /// Whether a host lists a Cluster Shared Volume; nothing where it does not say what it lists.
    pub(super) fn lists_csv(&self, host: usize) -> Option<bool> {
        let is_csv = |s: &Storage| matches!(s.row.get("kind"), Some(Value::Scalar(kind, ..)) if kind == "csv");
        let some = self.storages.iter().any(|s| s.hosts.contains(&host) && is_csv(s));
        (some || self.known.contains(&host)).then_some(some)
    }

    /// The storage of a disk, by the id of a host's view of a volume (`HostVolumeId`).
    pub(super) fn by_view(&self, id: &str) -> Option<&str> {
        let view = self.views.iter().find(|view| view.id.as_deref().is_some_and(|own| same(own, id)))?;
        self.storages.get(view.storage).map(|storage| storage.name.as_str())
    }

    /// The storage that a path of a host lies on: the longest mount point that it begins with, or the share that it names.
    /// A share that no host lists becomes a storage that no host reaches.
    pub(super) fn by_path(&mut self, host: Option<usize>, path: &str, span: Span) -> Option<&str> {
        let index = match share_of(path) {
            Some(share) => self.by_share(share).unwrap_or_else(|| {
                let row = share_row(share, span, span);
                self.push(share.to_owned(), row, false, None)
            }),
            None => {
                let mine = self.views.iter().filter(|view| Some(view.host) == host && lies_below(path, &view.path));
                mine.max_by_key(|view| view.path.len())?.storage
            }
        };
        self.storages.get(index).map(|storage| storage.name.as_str())
    }

    /// What the inventory calls a share.
    pub(super) fn share_called<'s>(&'s self, path: &'s str) -> &'s str {
        let known = self.by_share(path.trim_end_matches('\\')).and_then(|index| self.storages.get(index));
        known.map_or(path, |storage| storage.name.as_str())
    }

    /// A share by its path. One side may call the server by its short name where that is told from all others.
    fn by_share(&self, wanted: &str) -> Option<usize> {
        let shares = || self.storages.iter().enumerate().filter(|(_, s)| share_of(&s.name).is_some());
        if let Some((index, _)) = shares().find(|(_, s)| same(&s.name, wanted)) {
            return Some(index);
        }
        let mut found = shares().filter(|(_, s)| are_alike(&s.name, wanted)).map(|(index, _)| index);
        let first = found.next()?;
        found.next().is_none().then_some(first)
    }

    /// The rows of the section `storage`. `cluster_of`: the cluster that a host is a node of.
    pub(super) fn rows(&self, cluster_of: impl Fn(usize) -> Option<Value>) -> Vec<Value> {
        let finished = self.storages.iter().map(|storage| {
            let mut row = storage.row.clone();
            if storage.clustered
                && let Some(cluster) = storage.hosts.first().and_then(|host| cluster_of(*host))
            {
                row.put(&["cluster"], cluster);
            }
            row
        });
        finished.collect()
    }
}

/// The kind of a volume; nothing where the export does not say enough to tell.
fn kind(
    export: Export<'_>,
    node: Node,
    shared: Option<(bool, Span)>,
    clustered: Option<(bool, Span)>,
) -> Option<Value> {
    let bare = |kind: &str, span| Some(Value::bare(kind, span));
    let ((shared, _), (clustered, at_clustered)) = match (shared, clustered) {
        (Some((true, span)), _) => return bare("csv", span),
        (Some(shared), Some(clustered)) => (shared, clustered),
        _ => return None,
    };
    if !shared && clustered {
        return bare("cluster-disk", at_clustered);
    }
    let class = export.text(node, "Classification");
    match (export.flag(node, "IsSANMigrationPossible"), class) {
        (_, Some((class, span))) if same(class, "Local Storage") => bare("local-disk", span),
        (Some((false, span)), _) => bare("local-disk", span),
        (Some((true, span)), _) if export.has(node, "Classification") => bare("san-lun", span),
        _ => None,
    }
}

fn share_row(path: &str, row: Span, span: Span) -> Value {
    let mut value = Value::map(row);
    value.put(&["name"], Value::text(path, span));
    value.put(&["kind"], Value::bare("smb-share", span));
    value.put(&["path"], Value::text(path, span));
    value
}

/// `\\server\share` of a path that begins so. `\\?\Volume{…}\` is a volume, no share.
fn share_of(path: &str) -> Option<&str> {
    let rest = path.strip_prefix("\\\\")?;
    if rest.starts_with(['?', '.']) {
        return None;
    }
    let (server, below) = rest.split_once('\\')?;
    let share = below.split('\\').next().filter(|share| !share.is_empty())?;
    let length = [2, server.len(), 1, share.len()].iter().fold(0usize, |sum, part| sum.saturating_add(*part));
    path.get(..length)
}

/// The path of a registered share, without what may stand behind it.
fn share_path(export: Export<'_>, node: Node) -> Option<(&str, Span)> {
    let (path, span) = export.text(node, "SharePath").or_else(|| export.text(node, "Name"))?;
    Some((path.trim_end_matches('\\'), span))
}

/// Whether two paths name one share, where one calls the server by its short name.
fn are_alike(a: &str, b: &str) -> bool {
    split(a)
        .zip(split(b))
        .is_some_and(|((server, share), (other, of_other))| same(share, of_other) && one_is_short(server, other))
}

/// Server and share of `\\server\share`.
fn split(share: &str) -> Option<(&str, &str)> {
    share.strip_prefix("\\\\")?.split_once('\\')
}

/// Whether a path lies below a mount point, compared without regard to case, on the border of a name.
fn lies_below(path: &str, mount: &str) -> bool {
    let (path, mount) = (path.to_lowercase(), mount.trim_end_matches('\\').to_lowercase());
    path.strip_prefix(&mount).is_some_and(|rest| rest.is_empty() || rest.starts_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::{lies_below, share_of};

    #[test]
    fn a_path_lies_on_the_border_of_a_name() {
        assert!(lies_below("C:\\ClusterStorage\\Vol 1\\a.vhdx", "c:\\clusterstorage\\vol 1"));
        assert!(!lies_below("C:\\ClusterStorage\\Vol 10\\a.vhdx", "C:\\ClusterStorage\\Vol 1"));
        assert!(lies_below("C:\\a.vhdx", "C:\\"));
    }

    #[test]
    fn a_share_is_server_and_share() {
        assert_eq!(share_of("\\\\files\\vms\\a\\b.vhdx"), Some("\\\\files\\vms"));
        assert_eq!(share_of("\\\\files\\vms"), Some("\\\\files\\vms"));
        assert_eq!(share_of("\\\\?\\Volume{1}\\x"), None);
        assert_eq!(share_of("\\\\files"), None);
        assert_eq!(share_of("C:\\x"), None);
    }
}
