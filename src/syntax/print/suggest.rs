//! What else may be tried where a step is refused.

use crate::syntax::ast::{Goal, Interruption, Suggest, Variation};

use super::expr::{Place, comprehension, expr};
use super::rule::column_of;
use super::text::message;
use super::wrap::wrapped;
use super::{Page, padded, width};

fn variation_word(variation: &Variation) -> &'static str {
    if variation.stop { "via" } else { "vary" }
}

impl Page<'_> {
    pub(super) fn suggest(&mut self, item: &Suggest) {
        self.line(item.span, &format!("suggest {} {{", item.subject.text));
        let mut used: Vec<&str> = item.variations.iter().map(variation_word).collect();
        used.extend(item.cites.iter().map(|_| "cite"));
        used.extend(item.goals.iter().map(|_| "reach"));
        used.extend(item.interruption.iter().map(|_| "interruption"));
        used.extend(item.volume.iter().map(|_| "volume"));
        let word = column_of(used);
        self.inside(|page| {
            page.cites(&item.cites, word);
            let column = page.margin().saturating_add(word);
            for variation in &item.variations {
                let mut text =
                    format!("{}{}", padded(variation_word(variation), word), expr(&variation.target, Place::TARGET));
                if let Some(values) = &variation.values {
                    text.push_str(&format!(" in {}", expr(values, Place::FREE)));
                }
                page.line(variation.span, &text);
            }
            for Goal { target, value, over, span } in &item.goals {
                let mut text = format!("{} = {}", expr(target, Place::TARGET), expr(value, Place::FREE));
                if let Some(over) = over {
                    text.push_str(&format!(" for {}", comprehension(over, Place::FREE)));
                }
                page.line(*span, &format!("{}{text}", padded("reach", word)));
            }
            if let Some(Interruption { rank, words, span }) = &item.interruption {
                let mut text = expr(rank, Place::FREE);
                if let Some(words) = words {
                    let column = column.saturating_add(width(&text)).saturating_add(1);
                    text.push_str(&format!(" {}", message(words, column)));
                }
                page.line(*span, &format!("{}{text}", padded("interruption", word)));
            }
            if let Some(volume) = &item.volume {
                page.line(volume.span, &format!("{}{}", padded("volume", word), wrapped(&volume.value, column)));
            }
        });
        self.close(item.span);
    }
}
