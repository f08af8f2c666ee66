//! `clearway help`, `completions` and `man`: what people, shells and `man` want to know of the command line, made from it.

use std::path::PathBuf;

use clap::{Args, Command};
use clap_complete::Shell;
use clap_mangen::Man;

use super::{Exit, output, usage};
use crate::diag::nearest;

/// `clearway completions`.
#[derive(Debug, Args)]
pub struct Completions {
    /// The shell
    #[arg(value_enum, value_name = "SHELL")]
    pub shell: Shell,
}

/// `clearway man`.
#[derive(Debug, Args)]
pub struct Manual {
    /// The command whose page is written [default: clearway itself]
    #[arg(value_name = "COMMAND", conflicts_with = "output_dir")]
    pub command: Option<String>,
    /// Write all pages into this folder, which is made where it is missing
    #[arg(long, value_name = "DIR", value_hint = clap::ValueHint::DirPath)]
    pub output_dir: Option<PathBuf>,
}

/// `clearway help`.
#[derive(Debug, Args)]
pub struct Help {
    /// The command [default: clearway itself]
    #[arg(value_name = "COMMAND")]
    pub command: Option<String>,
}

/// `clearway help`
pub fn help(args: &Help) -> Result<Exit, String> {
    let cli = usage::plain();
    match &args.command {
        Some(name) if cli.find_subcommand(name).is_none() => Err(unknown(name, "help")),
        command => Ok(usage::help(command.as_deref())),
    }
}

/// `clearway completions`
pub fn completions(args: &Completions) -> Result<Exit, String> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut usage::plain(), "clearway", &mut script);
    output::write(None, &String::from_utf8_lossy(&script))?;
    Ok(Exit::Clean)
}

/// `clearway man`
pub fn man(args: &Manual) -> Result<Exit, String> {
    let mut cli = usage::plain();
    cli.build();
    let Some(folder) = &args.output_dir else {
        let command = match &args.command {
            None => &cli,
            Some(name) => cli.find_subcommand(name).ok_or_else(|| unknown(name, "man"))?,
        };
        output::write(None, &page(command)?)?;
        return Ok(Exit::Clean);
    };
    let made = std::fs::create_dir_all(folder);
    made.map_err(|error| format!("cannot make the folder `{}`: {error}", folder.display()))?;
    for command in std::iter::once(&cli).chain(cli.get_subcommands().filter(|command| !command.is_hide_set())) {
        let path = folder.join(format!("{}.1", name(command)));
        output::write(Some(&path), &page(command)?)?;
    }
    Ok(Exit::Clean)
}

fn unknown(name: &str, of: &str) -> String {
    let cli = usage::plain();
    match nearest(name, cli.get_subcommands().map(Command::get_name)) {
        Some(near) => format!("there is no command `{name}`, did you mean `clearway {of} {near}`?"),
        None => format!("there is no command `{name}`; `clearway help` lists them"),
    }
}

/// The name of a page: `clearway-check`.
fn name(command: &Command) -> String {
    command.get_display_name().unwrap_or_else(|| command.get_name()).to_owned()
}

/// A page as roff.
fn page(command: &Command) -> Result<String, String> {
    let mut text = Vec::new();
    let page = Man::new(command.clone()).title(name(command).to_uppercase()).manual("Clearway");
    page.render(&mut text).map_err(|error| format!("cannot write the page: {error}"))?;
    Ok(String::from_utf8_lossy(&text).into_owned())
}
