//! The formats of `check`, and the reports that are written beside what the terminal shows. A format is a name here, an arm
//! in [`Format::draw`] and a file in `render`. It decides nothing about the run.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{output, terminal};
use crate::diag::nearest;
use crate::render::{
    Look, concise, csv, diagnostics, dot, full, github, gitlab, json, json_lines, junit, markdown, mermaid, rdjson,
    sarif,
};
use crate::report::Run;

/// Formats of `check`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Lines of plan and inventory, tables, help, account
    Full,
    /// A line each
    Concise,
    /// One JSON document
    Json,
    /// A JSON document a line: plans, findings, messages, the account
    JsonLines,
    /// SARIF 2.1.0, for code scanning
    Sarif,
    /// JUnit XML, for CI servers
    Junit,
    /// Annotations of GitHub Actions
    Github,
    /// A code quality report of GitLab
    Gitlab,
    /// For reviewdog
    Rdjson,
    /// A table of findings
    Csv,
    /// A comment for a change review
    Markdown,
    /// A picture of hosts, storage and the moves between them, for Markdown
    Mermaid,
    /// The same for Graphviz
    Dot,
}

impl Format {
    /// The format of a name; else what is wrong with it.
    pub fn of_name(name: &str) -> Result<Format, String> {
        Format::from_str(name, false).map_err(|_| {
            let help = match nearest(name, Format::names().iter().map(String::as_str)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("formats: {}", Format::names().join(", ")),
            };
            format!("there is no format `{name}`; {help}")
        })
    }

    /// The names of all formats.
    pub fn names() -> Vec<String> {
        let values = Format::value_variants().iter().filter_map(ValueEnum::to_possible_value);
        values.map(|value| value.get_name().to_owned()).collect()
    }

    /// Whether it tells what is wrong with what was read, too, so that nobody else has to.
    pub fn tells_all(self) -> bool {
        match self {
            Format::Full | Format::Concise | Format::Mermaid | Format::Dot => false,
            Format::Json
            | Format::JsonLines
            | Format::Sarif
            | Format::Junit
            | Format::Github
            | Format::Gitlab
            | Format::Rdjson
            | Format::Csv
            | Format::Markdown => true,
        }
    }

    /// Whether it tells what codes mean.
    pub fn asks_for_reference(self) -> bool {
        self == Format::Sarif
    }

    /// Whether it proposes changes of plans.
    pub fn asks_for_fixes(self) -> bool {
        matches!(self, Format::Sarif | Format::Rdjson)
    }

    /// Whether it shows lines that may stand in the place of others.
    pub fn shows_patches(self) -> bool {
        self == Format::Markdown
    }

    /// Whether lines of what was read are quoted with it, by their numbers.
    pub fn quotes_lines(self) -> bool {
        matches!(self, Format::Full | Format::Rdjson | Format::Mermaid | Format::Dot)
    }

    /// Whether findings can be written one after the other as they come.
    pub fn goes_along(self) -> bool {
        matches!(self, Format::Concise | Format::JsonLines | Format::Csv)
    }

    /// What stands before the first finding, where they are written as they come.
    pub fn begin(self) -> String {
        match self {
            Format::JsonLines => json_lines::begin(),
            Format::Csv => csv::begin(),
            _ => String::new(),
        }
    }

    /// What stands behind the last finding, where they were written as they came. Some may be among the run all the same.
    pub fn rest(self, look: &Look, run: &Run<'_>) -> String {
        match self {
            Format::JsonLines => json_lines::rest(run),
            Format::Csv => csv::rest(run),
            format => format.draw(look, run),
        }
    }

    /// A run as a text.
    pub fn draw(self, look: &Look, run: &Run<'_>) -> String {
        let (map, report) = (run.map, run.report);
        match self {
            Format::Full if report.plans.is_empty() => String::new(),
            Format::Full => full::draw(look, map, &report.only_new()),
            Format::Concise => concise::draw(look, map, &report.only_new()),
            Format::Markdown => markdown::draw(&markdown::Page { map, report, told: run.diagnostics }),
            Format::Json => json::draw(map, report, run.diagnostics),
            Format::JsonLines => json_lines::draw(run),
            Format::Sarif => sarif::draw(run),
            Format::Junit => junit::draw(run),
            Format::Github => github::draw(run),
            Format::Gitlab => gitlab::draw(run),
            Format::Rdjson => rdjson::draw(run),
            Format::Csv => csv::draw(run),
            Format::Mermaid => mermaid::draw(report),
            Format::Dot => dot::draw(report),
        }
    }

    /// A run as a text that stands alone in a file, with everything that was wrong.
    fn alone(self, look: &Look, run: &Run<'_>) -> String {
        let mut text = match self {
            Format::Full => diagnostics::draw(look, run.map, run.diagnostics),
            Format::Concise => concise::diagnostics(look, run.map, run.diagnostics),
            _ => return self.draw(look, run),
        };
        text.push_str(&self.draw(look, run));
        if let Some(why) = run.nothing {
            text.push_str(&format!("nothing was evaluated: {why}\n"));
        }
        text
    }
}

/// A report that is to be written into a file: `FORMAT=FILE`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// How.
    pub format: Format,
    /// Where.
    pub path: PathBuf,
}

impl ReportFile {
    /// As it is written on the command line and in a configuration; else what is wrong with it.
    pub fn parse(text: &str) -> Result<ReportFile, String> {
        let shape = || "should be FORMAT=FILE, such as `sarif=clearway.sarif`".to_owned();
        let (format, file) = text.split_once('=').ok_or_else(shape)?;
        if format.is_empty() || file.is_empty() {
            return Err(shape());
        }
        let format = Format::of_name(format)?;
        if file == "-" {
            return Err("reports go into files; `--output-format` says how standard output is written".to_owned());
        }
        Ok(ReportFile { format, path: file.into() })
    }
}

/// The reports of a run, and what else it writes.
#[derive(Clone, Copy, Debug)]
pub struct Reports<'a> {
    /// Those that were asked for.
    pub files: &'a [ReportFile],
    /// Other files that this run writes, with the option that names each.
    pub others: &'a [(&'static str, &'a Path)],
}

impl Reports<'_> {
    /// Sees to it, before anything is done, that every report has a place of its own to go to.
    pub fn placed(&self) -> Result<(), String> {
        let mut taken: Vec<(PathBuf, String)> = Vec::new();
        for (option, path) in self.others {
            taken.push((place(path), format!("`{option}`")));
        }
        for report in self.files {
            let shown = report.path.display();
            if report.path.is_dir() {
                return Err(format!("`--report`: `{shown}` is a folder, not a file"));
            }
            let parent = folder(&report.path);
            if !parent.is_dir() {
                return Err(format!("`--report`: there is no folder `{}` to write `{shown}` into", parent.display()));
            }
            let own = place(&report.path);
            if let Some((_, by)) = taken.iter().find(|(path, _)| *path == own) {
                return Err(format!("`--report`: `{shown}` is written by {by}, too: give each its own file"));
            }
            taken.push((own, "another `--report`".to_owned()));
        }
        Ok(())
    }

    /// Sees to it that nothing takes the place of something that the run read. A state is looked at where it is written.
    pub fn spare<'p>(&self, read: impl IntoIterator<Item = &'p Path>) -> Result<(), String> {
        let others = self.others.iter().filter(|(option, _)| *option == "--output-file");
        let own: Vec<(&str, &Path)> =
            others.copied().chain(self.files.iter().map(|report| ("--report", &*report.path))).collect();
        // What is not there yet was not read.
        let own: Vec<_> = own.into_iter().filter(|(_, path)| path.exists()).collect();
        if own.is_empty() {
            return Ok(());
        }
        let read: Vec<PathBuf> = read.into_iter().filter_map(|path| path.canonicalize().ok()).collect();
        match own.iter().find(|(_, path)| read.contains(&place(path))) {
            Some((option, path)) => {
                Err(format!("`{option}`: `{}` is a file that this run reads: name another one", path.display()))
            }
            None => Ok(()),
        }
    }

    /// Whether a format of the run, theirs included, wants something.
    pub fn any(&self, shown: Format, wants: fn(Format) -> bool) -> bool {
        wants(shown) || self.files.iter().any(|report| wants(report.format))
    }

    /// Writes them. One that cannot be written keeps no other from it.
    pub fn write(&self, look: &Look, run: &Run<'_>) -> Result<(), String> {
        let look = terminal::file(look);
        let mut wrong = Vec::new();
        for report in self.files {
            wrong.extend(output::write(Some(&report.path), &report.format.alone(&look, run)).err());
        }
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\nerror: ")) }
    }
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file that may not be there yet, by the true name of its folder.
fn place(path: &Path) -> PathBuf {
    if let Ok(own) = path.canonicalize() {
        return own;
    }
    match (folder(path).canonicalize(), path.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => path.to_path_buf(),
    }
}
