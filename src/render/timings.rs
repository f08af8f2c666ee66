//! Where the time of a run went, as two tables for people: phases, and rules by what they cost.

use super::Look;
use super::text::{Tone, clean, cut, pad};
use crate::report::{Cost, Phase, Timings};

/// Rules that are shown where not all are asked for.
const MOST: usize = 10;

/// Columns of a code.
const CODE: usize = 24;

/// Both tables.
pub fn draw(look: &Look, timings: &Timings) -> String {
    let mut out = String::new();
    let threads = match timings.threads {
        0 | 1 => String::new(),
        threads => format!(", records on {threads} threads"),
    };
    heading(look, &format!("time: {}{threads}", duration(timings.total)), &mut out);
    let spent: u64 = timings.phases.values().fold(0, |sum, nanos| sum.saturating_add(*nanos));
    // Threads work at the same time: what they spend together may be more than what went by.
    let whole = timings.total.max(spent);
    for phase in Phase::ALL {
        if let Some(nanos) = timings.phases.get(&phase) {
            row(phase.name(), *nanos, whole, "", &mut out);
        }
    }
    row("all else", timings.total.saturating_sub(spent), whole, "", &mut out);
    let mut rules: Vec<(&str, Cost)> = timings.rules.iter().map(|(code, cost)| (&**code, *cost)).collect();
    rules.sort_by(|(code, cost), (other, more)| (more.nanos, *code).cmp(&(cost.nanos, *other)));
    if rules.is_empty() {
        return out;
    }
    let all = rules.iter().fold(0u64, |sum, (_, cost)| sum.saturating_add(cost.nanos));
    heading(look, &format!("deciding rules: {}", duration(all)), &mut out);
    let shown = if look.verbose { rules.len() } else { MOST };
    for (code, cost) in rules.iter().take(shown) {
        let each = duration(cost.nanos.checked_div(cost.evaluations).unwrap_or(0));
        let evaluations = match cost.evaluations {
            0 => "never evaluated".to_owned(),
            1 => "1 evaluation".to_owned(),
            count => format!("{count} evaluations, {each} each"),
        };
        row(&cut(look, &clean(code), CODE), cost.nanos, all, &evaluations, &mut out);
    }
    let rest = rules.len().saturating_sub(shown);
    if rest > 0 {
        let nanos = rules.iter().skip(shown).fold(0u64, |sum, (_, cost)| sum.saturating_add(cost.nanos));
        let rules = if rest == 1 { "rule".to_owned() } else { "rules".to_owned() };
        row(&format!("{rest} more {rules}"), nanos, all, "--verbose shows them", &mut out);
    }
    out
}

fn heading(look: &Look, text: &str, out: &mut String) {
    out.push_str(&format!("{}\n", look.paint(Tone::Strong, text)));
}

fn row(name: &str, nanos: u64, whole: u64, more: &str, out: &mut String) {
    let share = u128::from(nanos).saturating_mul(100).checked_div(u128::from(whole)).unwrap_or(0);
    let line = format!("  {} {:>9} {share:>3} %  {more}", pad(name, CODE), duration(nanos));
    out.push_str(line.trim_end());
    out.push('\n');
}

/// A duration with three digits that say something.
fn duration(nanos: u64) -> String {
    let units: [(u64, &str); 3] = [(1_000_000_000, "s"), (1_000_000, "ms"), (1_000, "µs")];
    let Some((unit, name)) = units.into_iter().find(|(unit, _)| nanos >= *unit) else { return format!("{nanos} ns") };
    let whole = nanos.checked_div(unit).unwrap_or(0);
    let thousandths =
        u128::from(nanos).saturating_mul(1000).checked_div(u128::from(unit)).and_then(|all| all.checked_rem(1000));
    let digits = format!("{:03}", thousandths.unwrap_or(0));
    let kept = match whole {
        0..10 => 2,
        10..100 => 1,
        _ => 0,
    };
    match digits.get(..kept).filter(|kept| !kept.is_empty()) {
        Some(kept) => format!("{whole}.{kept} {name}"),
        None => format!("{whole} {name}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look() -> Look {
        Look { width: 80, color: false, unicode: true, verbose: false, quiet: false }
    }

    fn timings() -> Timings {
        let mut timings = Timings { total: 12_345_678, ..Timings::default() };
        timings.spend(Phase::Judging, 6_000_000);
        timings.spend(Phase::Reading, 3_000_000);
        timings.charge(&"ACME01".into(), Cost { nanos: 900, evaluations: 1 });
        timings.charge(&"ACME04".into(), Cost { nanos: 2_000_000, evaluations: 1000 });
        timings.charge(&"A-VERY-LONG-CODE-THAT-GOES-ON-AND-ON".into(), Cost::default());
        timings
    }

    #[test]
    fn phases_stand_in_their_order_and_rules_by_cost() {
        let text = draw(&look(), &timings());
        let wanted = "\
time: 12.3 ms
  reading                    3.00 ms  24 %
  judging                    6.00 ms  48 %
  all else                   3.34 ms  27 %
deciding rules: 2.00 ms
  ACME04                     2.00 ms  99 %  1000 evaluations, 2.00 µs each
  ACME01                      900 ns   0 %  1 evaluation
  A-VERY-LONG-CODE-THAT-G…      0 ns   0 %  never evaluated
";
        assert_eq!(text, wanted);
    }

    #[test]
    fn nothing_is_wider_than_a_terminal_and_what_is_left_out_is_counted() {
        let mut timings = timings();
        for rule in 0..20u64 {
            let cost = Cost { nanos: 999_999_999_999, evaluations: 9_999_999_999 };
            timings.charge(&format!("RULE{rule:03}").into(), cost);
        }
        timings.threads = 64;
        let text = draw(&look(), &timings);
        assert!(text.lines().all(|line| super::super::text::width(line) <= 80), "{text}");
        assert!(text.contains("records on 64 threads") && text.contains("13 more rules"), "{text}");
        let all = draw(&Look { verbose: true, ..look() }, &timings);
        assert!(!all.contains("more rules") && all.lines().count() > text.lines().count());
    }

    #[test]
    fn durations_have_three_digits() {
        let shown = [0, 999, 1_000, 12_345, 123_456, 1_234_567, 59_900_000_000].map(duration);
        assert_eq!(shown, ["0 ns", "999 ns", "1.00 µs", "12.3 µs", "123 µs", "1.23 ms", "59.9 s"]);
    }
}
