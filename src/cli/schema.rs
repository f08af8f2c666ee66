//! `clearway schema`: JSON Schemas, for editors and bots.

use clap::{Args, ValueEnum};

use super::args::Common;
use super::settings::Settings;
use super::{Exit, output, terminal};
use crate::render;
use crate::session::Described;
use crate::source::Disk;

/// `clearway schema`.
#[derive(Debug, Args)]
pub struct Schema {
    /// What is described
    #[arg(value_enum, value_name = "KIND")]
    pub of: Kind,
    #[command(flatten)]
    pub common: Common,
}

/// What a schema can describe.
#[derive(Clone, Copy, PartialEq, Eq, Debug, ValueEnum)]
pub enum Kind {
    /// Plans, in the vocabulary of the packs
    Plan,
    /// Inventories, in the vocabulary of the packs
    Inventory,
    /// Configurations: `clearway.toml`
    Config,
    /// What Clearway writes as JSON
    Output,
}

/// Writes the schema that is asked for.
pub fn run(args: &Schema, settings: &Settings) -> Result<Exit, String> {
    let file = args.common.looks.output_file.as_deref();
    let of = match args.of {
        Kind::Output => {
            output::write(file, &render::schema::output())?;
            return Ok(Exit::Clean);
        }
        Kind::Plan => Described::Plan,
        Kind::Inventory => Described::Inventory,
        Kind::Config => Described::Config,
    };
    let mut session = settings.session(&Disk, args)?;
    let (shape, told) = session.shape(of);
    super::tell(&terminal::errors(&args.common.looks), session.map(), &told);
    let Some(shape) = shape else { return Ok(Exit::Failed) };
    output::write(file, &render::schema::draw(&shape))?;
    Ok(Exit::Clean)
}
