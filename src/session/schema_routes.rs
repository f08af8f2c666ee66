//! Routes of the vocabulary: a field over all rows, `vms[*].disks[*].size`. Routes of single facts are the store's.

use crate::types::FieldId;
use crate::types::{Schema, StructKind, Type};
use crate::value::StructId;

/// The route of a field over all rows; nothing for what lives nowhere in an inventory (fields of plans and steps).
pub(super) fn route(schema: &Schema, of: StructId, field: FieldId) -> Option<String> {
    let member = &schema.field(of, field)?.input;
    let rows = rows(schema, of, 0)?;
    Some(if rows.is_empty() { member.to_string() } else { format!("{rows}.{member}") })
}

/// The route of a struct's rows: `hosts[*]`, `vms[*].disks[*].base`.
pub(super) fn rows(schema: &Schema, of: StructId, depth: u8) -> Option<String> {
    let kind = schema.get(of)?.kind;
    match kind {
        StructKind::Entity { .. } => Some(match schema.section_of(of) {
            Some(section) => format!("{}[*]", section.name),
            // Of `input each x` the document itself is the row.
            None => String::new(),
        }),
        StructKind::Plan | StructKind::Wave | StructKind::Step => None,
        StructKind::Part | StructKind::Record if depth > 16 => None,
        StructKind::Part | StructKind::Record => {
            let (owner, field) = owner(schema, of)?;
            let above = rows(schema, owner, depth.saturating_add(1))?;
            let field = schema.field(owner, field)?;
            let many = if is_list(&field.ty) { "[*]" } else { "" };
            let dot = if above.is_empty() { "" } else { "." };
            Some(format!("{above}{dot}{}{many}", field.input))
        }
    }
}

/// The struct and the field that hold the rows of a part or a record: the first one declared.
pub(super) fn owner(schema: &Schema, of: StructId) -> Option<(StructId, FieldId)> {
    schema.structs().find_map(|(owner, held)| {
        let holds = |ty: &Type| element(ty) == Some(of);
        let field =
            held.fields().find(|(_, field)| field.kind == crate::types::FieldKind::Stored && holds(&field.ty))?;
        Some((owner, field.0))
    })
}

/// The struct whose rows a field holds, by itself or in a list.
pub(super) fn element(ty: &Type) -> Option<StructId> {
    match ty {
        Type::Row(id) => Some(*id),
        Type::List(of) | Type::Optional(of) => element(of),
        _ => None,
    }
}

fn is_list(ty: &Type) -> bool {
    match ty {
        Type::List(_) => true,
        Type::Optional(of) => is_list(of),
        _ => false,
    }
}
