//! A picture of the plans for Graphviz.

use super::picture;
use super::text::clean;
use crate::report::{PlanVerdict, Report};

/// One digraph with a cluster for each plan.
pub fn draw(report: &Report) -> String {
    let mut out = String::from(
        "digraph clearway {\n  graph [rankdir=LR, fontname=\"sans-serif\"]\n  node [fontname=\"sans-serif\"]\n",
    );
    out.push_str("  edge [fontname=\"sans-serif\", fontsize=10]\n");
    for (index, plan) in report.plans.iter().enumerate() {
        let number = index.saturating_add(1);
        let picture = picture::of(plan);
        out.push_str(&format!("  subgraph cluster_{number} {{\n    label={}\n", quoted(&picture::title(plan))));
        if picture.places.is_empty() {
            out.push_str(&format!("    p{number}n0 [label=\"nothing moves\", shape=plaintext]\n"));
        }
        for (at, place) in picture.places.iter().enumerate() {
            let (shape, name) = match place {
                Some(place) => (shape(&place.kind), clean(&place.name).into_owned()),
                None => ("plaintext", "not known".to_owned()),
            };
            out.push_str(&format!("    p{number}n{at} [label={}, shape={shape}]\n", quoted(&name)));
        }
        for way in &picture.ways {
            let style = match way.verdict {
                PlanVerdict::Permitted => "",
                PlanVerdict::Unverified => ", style=dashed, color=\"#b26a00\", fontcolor=\"#b26a00\"",
                PlanVerdict::Denied => ", arrowhead=tee, color=\"#c62828\", fontcolor=\"#c62828\"",
            };
            let label = quoted(&way.label);
            out.push_str(&format!("    p{number}n{} -> p{number}n{} [label={label}{style}]\n", way.from, way.to));
        }
        out.push_str("  }\n");
    }
    out.push_str("}\n");
    out
}

fn shape(kind: &str) -> &'static str {
    match kind {
        "host" => "box",
        "storage" => "cylinder",
        _ => "ellipse",
    }
}

/// A text in quotes. Backslashes and entities would be read in labels otherwise.
fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for letter in text.chars() {
        match letter {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '&' => out.push_str("&amp;"),
            letter => out.push(letter),
        }
    }
    out.push('"');
    out
}
