//! What the terminal can show: colours, box characters, width. All that is read of the environment is read here.

use std::env;
use std::io::IsTerminal;

use super::args::{Color, Looks};
use crate::render::Look;

/// The width where nothing says another one.
const WIDTH: usize = 80;
/// Wider lines are hard to read.
const WIDEST: usize = 140;

/// The look of what is written to standard output (or to a file).
pub fn output(looks: &Looks) -> Look {
    let terminal = looks.output_file.is_none() && std::io::stdout().is_terminal();
    look(looks, terminal)
}

/// The look of what is written to standard error.
pub fn errors(looks: &Looks) -> Look {
    look(looks, std::io::stderr().is_terminal())
}

/// The looks of both, where nothing but the choice of colours is known of the command line.
pub fn bare(choice: Color) -> (Look, Look) {
    let looks = Looks { output_file: None, color: choice, quiet: false, verbose: false };
    (output(&looks), errors(&looks))
}

/// The look of a text that goes into a file beside what the terminal shows: the same wherever it is written.
pub fn file(shown: &Look) -> Look {
    Look { width: WIDTH, color: false, unicode: true, ..*shown }
}

fn look(looks: &Looks, terminal: bool) -> Look {
    Look {
        width: width(set("COLUMNS"), terminal),
        color: color(looks.color, terminal, &set),
        unicode: unicode(&set),
        verbose: looks.verbose,
        quiet: looks.quiet,
    }
}

/// A variable that is set and not empty.
pub fn set(name: &str) -> Option<String> {
    env::var_os(name).map(|value| value.to_string_lossy().into_owned()).filter(|value| !value.is_empty())
}

/// `COLUMNS`, else the terminal's own width, else 80.
fn width(columns: Option<String>, terminal: bool) -> usize {
    let said = columns.and_then(|columns| columns.trim().parse::<usize>().ok()).filter(|columns| *columns > 0);
    let own = || {
        let size = terminal.then(terminal_size::terminal_size).flatten();
        size.map(|(terminal_size::Width(width), _)| usize::from(width))
    };
    said.or_else(own).unwrap_or(WIDTH).clamp(40, WIDEST)
}

/// `--color` wins, then `NO_COLOR`, then `FORCE_COLOR` and `CLICOLOR_FORCE`, then `CLICOLOR=0`; else a terminal that is not dumb.
fn color(choice: Color, terminal: bool, set: &dyn Fn(&str) -> Option<String>) -> bool {
    let forced = |name: &str| set(name).is_some_and(|value| value != "0");
    match choice {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR").is_some() => false,
        Color::Auto if forced("FORCE_COLOR") || forced("CLICOLOR_FORCE") => true,
        Color::Auto if set("CLICOLOR").as_deref() == Some("0") => false,
        Color::Auto => terminal && set("TERM").as_deref() != Some("dumb"),
    }
}

/// Box characters are used unless the locale names another encoding than UTF-8. Where no locale is set, as in most
/// containers, what reads the output reads UTF-8.
fn unicode(set: &dyn Fn(&str) -> Option<String>) -> bool {
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(|name| set(name));
    locale.is_none_or(|locale| {
        let locale = locale.to_ascii_lowercase();
        locale.contains("utf-8") || locale.contains("utf8")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with<'a>(variables: &'a [(&'a str, &'a str)]) -> impl Fn(&str) -> Option<String> + 'a {
        |name| variables.iter().find(|(key, _)| *key == name).map(|(_, value)| (*value).to_owned())
    }

    #[test]
    fn colours_follow_the_usual_variables() {
        let auto = |terminal: bool, variables: &[(&str, &str)]| color(Color::Auto, terminal, &with(variables));
        assert!(auto(true, &[]));
        assert!(!auto(false, &[]));
        assert!(!auto(true, &[("NO_COLOR", "1")]));
        assert!(auto(false, &[("FORCE_COLOR", "1")]));
        assert!(!auto(false, &[("FORCE_COLOR", "0")]));
        assert!(!auto(true, &[("FORCE_COLOR", "1"), ("NO_COLOR", "1")]));
        assert!(!auto(true, &[("CLICOLOR", "0")]));
        assert!(!auto(true, &[("TERM", "dumb")]));
        assert!(color(Color::Always, false, &with(&[("NO_COLOR", "1")])));
        assert!(!color(Color::Never, true, &with(&[("FORCE_COLOR", "1")])));
    }

    #[test]
    fn box_characters_follow_the_locale() {
        assert!(unicode(&with(&[])));
        assert!(unicode(&with(&[("LANG", "de_DE.UTF-8")])));
        assert!(!unicode(&with(&[("LANG", "de_DE.ISO-8859-1")])));
        assert!(!unicode(&with(&[("LANG", "en_US.UTF-8"), ("LC_ALL", "C")])));
    }

    #[test]
    fn the_width_is_what_is_said_within_reason() {
        assert_eq!(width(Some("120".to_owned()), false), 120);
        assert_eq!(width(Some("7".to_owned()), false), 40);
        assert_eq!(width(Some("wide".to_owned()), false), 80);
        assert_eq!(width(None, false), 80);
    }
}
