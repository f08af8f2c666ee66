//! A picture of the plans as a Mermaid flowchart, which code hosts draw in Markdown.

use super::picture;
use super::text::clean;
use crate::report::{PlanVerdict, Report};

/// One flowchart with a frame for each plan.
pub fn draw(report: &Report) -> String {
    let mut out = String::from("flowchart LR\n");
    let mut edge = 0usize;
    let (mut refused, mut unverified) = (Vec::new(), Vec::new());
    for (index, plan) in report.plans.iter().enumerate() {
        let number = index.saturating_add(1);
        let picture = picture::of(plan);
        out.push_str(&format!("  subgraph p{number}[\"{}\"]\n", escaped(&picture::title(plan))));
        if picture.places.is_empty() {
            out.push_str(&format!("    p{number}n0([\"nothing moves\"])\n"));
        }
        for (at, place) in picture.places.iter().enumerate() {
            let (kind, name) = match place {
                Some(place) => (&*place.kind, clean(&place.name).into_owned()),
                None => ("", "not known".to_owned()),
            };
            let (open, close) = match kind {
                "host" => ("[", "]"),
                "storage" => ("[(", ")]"),
                _ => ("([", "])"),
            };
            out.push_str(&format!("    p{number}n{at}{open}\"{}\"{close}\n", escaped(&name)));
        }
        for way in &picture.ways {
            let arrow = match way.verdict {
                PlanVerdict::Permitted => "-->",
                PlanVerdict::Unverified => {
                    unverified.push(edge.to_string());
                    "-.->"
                }
                PlanVerdict::Denied => {
                    refused.push(edge.to_string());
                    "--x"
                }
            };
            let label = escaped(&way.label);
            out.push_str(&format!("    p{number}n{} {arrow}|\"{label}\"| p{number}n{}\n", way.from, way.to));
            edge = edge.saturating_add(1);
        }
        out.push_str("  end\n");
    }
    for (edges, style) in [(refused, "stroke:#c62828,color:#c62828"), (unverified, "stroke:#b26a00,color:#b26a00")] {
        if !edges.is_empty() {
            out.push_str(&format!("  linkStyle {} {style}\n", edges.join(",")));
        }
    }
    out
}

/// A text between quotes: what Mermaid, its Markdown or HTML would read as something else is written by its number.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        let fine = letter.is_alphanumeric()
            || matches!(letter, ' ' | ',' | ':' | '-' | '.' | '/' | '(' | ')')
            || !letter.is_ascii();
        // A list of Markdown begins with a dash or a number and a dot.
        let begins = out.is_empty() && !letter.is_alphanumeric();
        let item = letter == '.' && out.chars().all(|before| before.is_ascii_digit());
        if fine && !begins && !item {
            out.push(letter);
        } else {
            out.push_str(&format!("#{};", u32::from(letter)));
        }
    }
    out
}
