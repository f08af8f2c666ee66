//! A small schema made by hand, and facts drawn as text lines: what the tests of the loaders share.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, missing_docs)]

use std::fmt::Write;
use std::sync::Arc;

use clearway::diag::Diagnostic;
use clearway::facts::document::Document;
use clearway::facts::load::Options;
use clearway::facts::read::{Format, add_file, read};
use clearway::facts::{Fact, Facts, Limits};
use clearway::source::{SourceMap, Span};
use clearway::types::{
    Const, EnumDef, EnumId, Field, FieldId, FieldKind, Input, Schema, Section, Struct, StructKind, Type,
};
use clearway::value::{Cell, Row, StructId};

/// Builds structs one after the other; records and parts have to be there before they are used.
pub struct Making(pub Schema);

impl Making {
    pub fn new() -> Making {
        Making(Schema::built_in())
    }

    pub fn enumeration(&mut self, name: &str, values: &[&str]) -> Type {
        let id = EnumId(self.0.enums.len() as u16);
        let values = values.iter().map(|value| Arc::from(*value)).collect();
        self.0.enums.push(EnumDef { name: name.into(), values, span: Span::NONE });
        Type::Enum(id)
    }

    pub fn of(&mut self, name: &str, kind: StructKind, fields: Vec<Field>) -> StructId {
        let id = StructId(self.0.structs.len() as u16);
        let key = fields.iter().position(|f| matches!(&*f.name, "name" | "path")).map(|at| FieldId(at as u16));
        self.0.structs.push(Struct { name: name.into(), kind, key, fields, span: Span::NONE });
        id
    }

    pub fn sections(&mut self, sections: &[(&str, StructId)]) {
        let section =
            |(name, entity): &(&str, StructId)| Section { name: (*name).into(), entity: *entity, span: Span::NONE };
        self.0.input = Input::Plan { sections: sections.iter().map(section).collect() };
    }
}

pub fn field(name: &str, ty: Type) -> Field {
    Field { name: name.into(), input: name.into(), ty, default: None, kind: FieldKind::Stored, span: Span::NONE }
}

pub fn default(name: &str, ty: Type, value: Const) -> Field {
    Field { default: Some(value), ..field(name, ty) }
}

/// The vocabulary of `docs/inputs.md`, as far as the loaders care for it.
pub fn schema() -> Schema {
    let mut making = Making::new();
    let kind = making.enumeration("storage-kind", &["local-disk", "smb-share", "csv", "cluster-disk", "san-lun"]);
    let disk_kind = making.enumeration("disk-kind", &["vhd", "vhdx", "virtual-fibre-channel", "pass-through"]);
    let state = making.enumeration("machine-state", &["running", "off", "saved", "paused"]);
    let transport = making.enumeration("transport", &["fibre-channel", "iscsi", "npiv", "other"]);
    let authentication = making.enumeration("authentication", &["kerberos", "credssp"]);
    let transfer = making
        .enumeration("transfer", &["network", "quick", "quick-storage", "san", "live", "live-storage", "live-vsm"]);
    let optional = Type::optional;
    let list = Type::list;
    let row = Type::Row;
    let entity = StructKind::Entity { open: false };
    // Entities refer to each other: their ids are known from the order below.
    let first = making.0.structs.len() as u16;
    let [host, cluster, domain, storage, vm] = [0, 1, 2, 3, 4].map(|at| StructId(first + at));
    let [cpu, live, network, memory, disk, base, image, adapter, to] =
        [5, 6, 7, 8, 9, 10, 11, 12, 13].map(|at| StructId(first + at));
    making.of(
        "host",
        entity,
        vec![
            field("name", Type::Name),
            field("cluster", optional(row(cluster))),
            field("domain", row(domain)),
            field("hypervisor", Type::Name),
            field("os-version", Type::Version),
            field("cpu", row(cpu)),
            field("storage", list(row(storage))),
            field("live-migration", row(live)),
            field("smb-access", list(row(storage))),
            field("responding", Type::Bool),
            field("maintenance", Type::Bool),
            field("memory", row(memory)),
            field("switches", list(Type::Name)),
            field("san-status", list(transport.clone())),
        ],
    );
    making.of(
        "cluster",
        entity,
        vec![field("name", Type::Name), field("failover-cluster", Type::Bool), field("csv-enabled", Type::Bool)],
    );
    making.of(
        "domain",
        StructKind::Entity { open: true },
        vec![field("name", Type::Name), field("trusts", list(row(domain)))],
    );
    making.of(
        "storage",
        entity,
        vec![
            field("name", Type::Name),
            field("kind", kind),
            field("path", Type::Name),
            field("cluster", optional(row(cluster))),
            field("san", optional(transport)),
            field("dedicated-to", optional(row(vm))),
            field("san-transfer", Type::Bool),
            field("masked-from", list(row(host))),
            field("capacity", Type::Size),
            field("free", Type::Size),
        ],
    );
    making.of(
        "vm",
        entity,
        vec![
            field("name", Type::Name),
            default("id", optional(Type::Text), Const::None),
            field("host", row(host)),
            field("state", state),
            field("highly-available", Type::Bool),
            field("storage", row(storage)),
            field("memory", Type::Size),
            field("snapshots", Type::Number),
            field("checkpoint-storage", row(storage)),
            field("saved-state-storage", row(storage)),
            field("images", list(row(image))),
            field("status", Type::Name),
            field("configuration-version", Type::Version),
            field("processor-compatibility", Type::Bool),
            field("san-status", Type::Name),
            field("networks", list(row(adapter))),
            field("disks", list(row(disk))),
        ],
    );
    making.of(
        "host.cpu",
        StructKind::Record,
        vec![
            field("manufacturer", Type::Name),
            field("family", Type::Name),
            field("hardware-virtualization", Type::Bool),
        ],
    );
    making.of(
        "host.live-migration",
        StructKind::Record,
        vec![
            field("enabled", Type::Bool),
            field("maximum", Type::Number),
            field("storage-maximum", Type::Number),
            field("authentication", authentication),
            field("networks", list(row(network))),
        ],
    );
    making.of("migration-network", StructKind::Part, vec![field("name", Type::Name), field("private", Type::Bool)]);
    making.of(
        "host.memory",
        StructKind::Record,
        vec![field("total", Type::Size), field("available", Type::Size), field("reserve", Type::Size)],
    );
    making.of(
        "disk",
        StructKind::Part,
        vec![
            field("name", Type::Name),
            field("kind", disk_kind),
            field("storage", row(storage)),
            field("size", Type::Size),
            field("maximum-size", Type::Size),
            field("base", optional(row(base))),
            field("snapshot", Type::Bool),
            field("shared", Type::Bool),
        ],
    );
    making.of(
        "base",
        StructKind::Part,
        vec![field("name", Type::Name), field("storage", row(storage)), field("size", Type::Size)],
    );
    making.of(
        "image",
        StructKind::Part,
        vec![field("path", Type::Name), field("storage", row(storage)), field("size", Type::Size)],
    );
    making.of("adapter", StructKind::Part, vec![field("switch", optional(Type::Name))]);
    making.of(
        "step.to",
        StructKind::Record,
        vec![
            default("host", optional(row(host)), Const::None),
            default("storage", optional(row(storage)), Const::None),
            default("disks", Type::Map { by_name: true, value: Arc::new(row(storage)) }, Const::Map(Vec::new())),
        ],
    );
    making.sections(&[("hosts", host), ("clusters", cluster), ("domains", domain), ("storage", storage), ("vms", vm)]);
    let step = &mut making.0.structs[Schema::STEP.0 as usize];
    step.fields.push(field("vm", row(vm)));
    step.fields.push(default("transfer", optional(transfer), Const::None));
    step.fields.push(field("to", row(to)));
    step.fields.push(default("network", optional(Type::Name), Const::None));
    making.0
}

/// Everything is read.
pub fn all(_: StructId, _: FieldId) -> bool {
    true
}

/// Nothing is written.
pub fn none(_: StructId, _: FieldId) -> bool {
    false
}

pub fn options(limits: &Limits) -> Options<'_> {
    Options { limits, reads: &all, writes: &none, strict: false }
}

/// The documents of texts with names, and what is wrong with them.
pub fn documents(sources: &mut SourceMap, files: &[(&str, &str)]) -> (Vec<Document>, Vec<Diagnostic>) {
    let (mut documents, mut diagnostics) = (Vec::new(), Vec::new());
    for (name, text) in files {
        let id = add_file(sources, name, text.as_bytes().to_vec(), &Limits::default()).unwrap();
        let file = sources.file(id).unwrap().clone();
        let result = read(Format::of_name(name).unwrap(), &file, &Limits::default());
        documents.extend(result.documents);
        diagnostics.extend(result.diagnostics);
    }
    (documents, diagnostics)
}

/// A cell as text; rows of parts and records by what is in them.
pub fn cell(schema: &Schema, facts: &Facts, ty: &Type, value: Cell) -> String {
    match (value, ty.required()) {
        (Cell::Unknown, _) => "?".to_owned(),
        (Cell::None, _) => "null".to_owned(),
        (Cell::Bool(value), _) => value.to_string(),
        (Cell::Number(value), _) => value.to_string(),
        (Cell::Size(value), _) => value.to_string(),
        (Cell::Duration(value), _) => value.to_string(),
        (Cell::Date(value), _) => value.to_string(),
        (Cell::Version(value), _) => value.to_string(),
        (Cell::Text(text), _) => facts.texts().get(text).to_string(),
        (Cell::Enum(value), Type::Enum(id)) => schema.enums[id.0 as usize].values[value as usize].to_string(),
        (Cell::List(list), Type::List(of)) => {
            let cells: Vec<String> = facts.list(list).iter().map(|value| cell(schema, facts, of, *value)).collect();
            format!("[{}]", cells.join(", "))
        }
        (Cell::Map(map), Type::Map { value: of, .. }) => {
            let entry =
                |(key, value): &(_, Cell)| format!("{}: {}", facts.texts().get(*key), cell(schema, facts, of, *value));
            let entries: Vec<String> = facts.map(map).iter().map(entry).collect();
            format!("{{{}}}", entries.join(", "))
        }
        (Cell::Row(row), Type::Row(of)) => match schema.get(*of).unwrap().kind {
            StructKind::Part | StructKind::Record => {
                let fields = known(schema, facts, *of, row);
                format!("{{ {} }}", fields.join(", "))
            }
            _ => facts.key_of(*of, row).map_or(format!("row {}", row.0), |key| facts.texts().get(key).to_string()),
        },
        (value, _) => format!("{value:?}"),
    }
}

/// The fields of a row that say something.
fn known(schema: &Schema, facts: &Facts, of: StructId, row: Row) -> Vec<String> {
    let shape = schema.get(of).unwrap();
    let mut out = Vec::new();
    for (id, field) in shape.fields() {
        let shown = cell(schema, facts, &field.ty, facts.cell(of, row, id));
        if shown != "?" && shown != "{  }" {
            out.push(format!("{}: {shown}", field.name));
        }
    }
    out
}

/// All rows of entities, of the plan, its waves and steps: a line each.
pub fn drawn(schema: &Schema, facts: &Facts) -> String {
    let mut out = String::new();
    for (id, shape) in schema.structs() {
        let inside = matches!(shape.kind, StructKind::Part | StructKind::Record);
        if inside {
            continue;
        }
        let built_in = id.0 < 3;
        if !built_in || facts.rows(id) > 0 {
            let known = if facts.section_known(id) { "" } else { " (unknown)" };
            writeln!(out, "{}{known}", shape.name).unwrap();
        }
        for row in 0..facts.rows(id) {
            writeln!(out, "  {}", known_line(schema, facts, id, Row(row))).unwrap();
        }
    }
    out
}

fn known_line(schema: &Schema, facts: &Facts, id: StructId, row: Row) -> String {
    let line = known(schema, facts, id, row).join(", ");
    if line.is_empty() { "(nothing)".to_owned() } else { line }
}

/// Diagnostics as lines: place, code, message, further places, notes and help.
pub fn said(sources: &SourceMap, diagnostics: &[Diagnostic]) -> String {
    let mut out = String::new();
    for diagnostic in diagnostics {
        let place =
            |span| sources.locate(span).map_or("-".to_owned(), |at| format!("{}:{}:{}", at.file, at.line, at.column));
        let text = sources.text(diagnostic.span()).unwrap_or("").lines().next().unwrap_or("");
        let text: String = text.chars().take(30).collect();
        writeln!(out, "{} {} {} «{text}»", place(diagnostic.span()), diagnostic.code, diagnostic.message).unwrap();
        for label in diagnostic.labels.iter().skip(1) {
            writeln!(out, "    at {} {}", place(label.span), label.text).unwrap();
        }
        for note in &diagnostic.notes {
            writeln!(out, "    note: {note}").unwrap();
        }
        if let Some(help) = &diagnostic.help {
            writeln!(out, "    help: {help}").unwrap();
        }
    }
    out
}

/// The id of a field by struct and name.
pub fn fact(schema: &Schema, of: &str, row: u32, name: &str) -> Fact {
    let of = schema.find(of).unwrap();
    Fact::Field { of, row: Row(row), field: schema.get(of).unwrap().find(name).unwrap() }
}
