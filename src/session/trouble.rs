//! What is wrong with the world rather than with a text: no such file, no such pack, nothing to look at. Each becomes a
//! diagnostic without a place, so that every format can tell it.

use std::path::{Path, PathBuf};

use crate::diag::codes::run;
use crate::diag::{Diagnostic, nearest};
use crate::facts::{Limit, Limits};
use crate::source::{FileError, Span};

/// Something that keeps a run, or a part of it, from happening.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Trouble {
    /// A file or folder cannot be read.
    Unreadable {
        /// As the user named it.
        path: PathBuf,
        /// Why.
        why: FileError,
    },
    /// A file whose content Git LFS keeps elsewhere.
    Pointer {
        /// As the user named it.
        path: PathBuf,
    },
    /// A file whose ending says nothing about how to read it.
    UnknownEnding {
        /// As the user named it.
        path: PathBuf,
    },
    /// A workbook where a text is wanted.
    Workbook {
        /// As the user named it.
        path: PathBuf,
    },
    /// A file to write whose ending says nothing about how to write it.
    UnwritableEnding {
        /// As the user named it.
        path: PathBuf,
    },
    /// A file that is to be imported is no export of the tool.
    NotAnExport {
        /// As the user named it.
        path: PathBuf,
    },
    /// A file that is to be imported is no export of RVTools.
    NotRvtools {
        /// As the user named it.
        path: PathBuf,
    },
    /// There is no pack of this name, and no folder.
    UnknownPack {
        /// As the user wrote it.
        name: String,
        /// The names there are.
        known: Vec<String>,
    },
    /// A folder that is to be a pack has no policies in it.
    NoPolicies {
        /// As the user named it.
        path: PathBuf,
    },
    /// A code or the beginning of one that nothing has.
    UnknownCode {
        /// As the user wrote it.
        code: String,
        /// The codes there are.
        known: Vec<String>,
        /// Whether the beginning of one would do.
        begins: bool,
    },
    /// The packs judge single entities, and know no inventory.
    NoInventory {
        /// The entity.
        entity: String,
    },
    /// A step that no plan has.
    UnknownStep {
        /// As the user wrote it.
        step: String,
        /// The steps there are.
        known: Vec<String>,
    },
}

impl Trouble {
    /// As a message.
    pub fn diagnostic(&self) -> Diagnostic {
        match self {
            Trouble::Unreadable { path, why } => unreadable(path, why),
            Trouble::Pointer { path } => {
                let message = format!("the content of `{}` is kept elsewhere by Git LFS, and is not there", path.display());
                plain(run::UNREADABLE_REVISION, message)
                    .help("fetch it: `git lfs pull`; a checkout of a build machine needs `lfs: true`")
            }
            Trouble::UnknownEnding { path } => plain(run::UNKNOWN_ENDING, format!("`{}` has no ending that says how to read it", path.display()))
                .help("plans and inventories end in `.yaml`, `.yml`, `.json` or `.toml`, plans also in `.csv`, exports of VMM in `.xml`"),
            Trouble::Workbook { path } => {
                plain(run::UNKNOWN_ENDING, format!("`{}` is a workbook, and no inventory", path.display())).help(
                    "machines of an RVTools export are judged by themselves: `clearway check --pack forklift-vmware FILE`",
                )
            }
            Trouble::UnwritableEnding { path } => {
                plain(run::UNKNOWN_ENDING, format!("`{}` has no ending that says how to write it", path.display()))
                    .help("a state ends in `.yaml`, `.yml`, `.json` or `.toml`")
            }
            Trouble::NoInventory { entity } => plain(
                run::NO_INVENTORY,
                format!("the packs judge each `{entity}` by itself, and know no inventory"),
            )
            .help("`clearway schema plan` describes the files that they judge"),
            Trouble::NotAnExport { path } => {
                plain(run::NOT_AN_EXPORT, format!("`{}` is no export of SCVMM", path.display())).help(
                    "an export is what `Export-Clixml` writes of VMM's objects, or a JSON object with `vms`, `hosts` and `clusters` as `ConvertTo-Json -Depth 4` writes them",
                )
            }
            Trouble::NotRvtools { path } => {
                plain(run::NOT_AN_EXPORT, format!("`{}` is no export of RVTools", path.display())).help(
                    "an export is a workbook `.xlsx` with a sheet `vInfo`, or the file `RVTools_tabvInfo.csv` with the other sheets beside it",
                )
            }
            Trouble::UnknownPack { name, known } => {
                let message = format!("there is no pack `{name}`, and no folder of that name");
                let bundled = format!("bundled packs: {}", known.join(", "));
                let help = match nearest(name, known.iter().map(String::as_str)) {
                    Some(near) => format!("did you mean `{near}`? A folder of `.way` files can be given by its path"),
                    None => format!("{bundled}. A folder of `.way` files can be given by its path"),
                };
                plain(run::UNKNOWN_PACK, message).help(help)
            }
            Trouble::NoPolicies { path } => {
                plain(run::UNKNOWN_PACK, format!("`{}` holds no `.way` file", path.display()))
                    .help("a pack is a folder of `.way` files")
            }
            Trouble::UnknownCode { code, known, begins } => {
                let or = if *begins { " or begins with it" } else { "" };
                let diagnostic = plain(run::UNKNOWN_CODE, format!("no code is `{code}`{or}"));
                match nearest(code, known.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help("`clearway rules` lists the codes of the chosen packs"),
                }
            }
            Trouble::UnknownStep { step, known } => {
                let diagnostic = plain(run::UNKNOWN_STEP, format!("the plan has no step `{step}`"));
                match nearest(step, known.iter().map(String::as_str)) {
                    Some(near) => diagnostic.help(format!("did you mean `{near}`?")),
                    None => diagnostic.help(format!("its steps: {}", first(known))),
                }
            }
        }
    }
}

/// The first few names of a list.
fn first(names: &[String]) -> String {
    let rest = names.len().saturating_sub(8);
    let named = names.iter().take(8).cloned().collect::<Vec<_>>().join(", ");
    if rest > 0 { format!("{named} and {rest} more") } else { named }
}

fn plain(code: crate::diag::Code, message: String) -> Diagnostic {
    Diagnostic::error(code, Span::NONE, message)
}

fn unreadable(path: &Path, why: &FileError) -> Diagnostic {
    let path = path.display();
    match why {
        FileError::Missing => plain(run::UNREADABLE, format!("`{path}` does not exist")),
        FileError::Folder => plain(run::UNREADABLE, format!("`{path}` is a folder, not a file")),
        FileError::Denied => plain(run::UNREADABLE, format!("reading `{path}` is not permitted")),
        FileError::TooLarge { size, limit } => {
            let limits = Limits { file_size: *limit, ..Limits::default() };
            limits.hit(Limit::FileSize, Span::NONE, &format!("`{path}` has {size} bytes"))
        }
        FileError::Other(words) => plain(run::UNREADABLE, format!("`{path}` cannot be read: {words}")),
    }
}
