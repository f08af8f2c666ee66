//! The hooks of `.pre-commit-hooks.yaml` in a repository, run by the real `pre-commit`.
//!
//! The hooks' own repository is made from the real file with one word changed: `language: rust` would build Clearway for every
//! test, `language: system` takes the binary that was built already. Everything else (ids, entries, patterns, arguments) is
//! what users get. That the build works, too, is what `.ci/hook` is for.

use std::path::Path;

use super::{Ran, Repository};
use crate::tools_support;

impl Repository {
    /// An empty repository beside one of hooks. None where there is no `pre-commit` or no `git`.
    pub fn with_hooks() -> Option<Repository> {
        let tool = tools_support::tool("pre-commit")?;
        let mut repository = Repository::new()?;
        repository.search(tool.parent()?);
        repository.search(Path::new(env!("CARGO_BIN_EXE_clearway")).parent()?);
        let cache = repository.outside("cache");
        repository.variable("PRE_COMMIT_HOME", cache);
        let real =
            std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(".pre-commit-hooks.yaml")).unwrap();
        let hooks = real.replace("language: rust", "language: system");
        assert_ne!(hooks, real);
        let source = repository.outside("hooks");
        std::fs::create_dir(&source).unwrap();
        std::fs::write(source.join(".pre-commit-hooks.yaml"), hooks).unwrap();
        for line in ["git init -q", "git add -A", "git commit -qm hooks", "git tag v0.1.0"] {
            repository.run(line, &source).ends(0);
        }
        Some(repository)
    }

    /// Where the hooks' repository is, for a configuration.
    pub fn source(&self) -> String {
        self.outside("hooks").display().to_string()
    }

    /// Says which hooks run, by the lines of `hooks:`, and installs them.
    #[track_caller]
    pub fn hooks(&self, lines: &str) -> &Repository {
        let lines: String = lines.lines().map(|line| format!("      {line}\n")).collect();
        let source = self.source();
        self.configured(&format!("repos:\n  - repo: {source}\n    rev: v0.1.0\n    hooks:\n{lines}"))
    }

    /// Writes a whole `.pre-commit-config.yaml`, and installs what it says.
    #[track_caller]
    pub fn configured(&self, config: &str) -> &Repository {
        self.file(".pre-commit-config.yaml", config);
        self.git("add .pre-commit-config.yaml").ends(0);
        self.run("pre-commit install --install-hooks", &self.path()).ends(0).says("installed");
        self
    }

    /// `pre-commit run`, with words parted by blanks.
    pub fn hook(&self, line: &str) -> Ran {
        self.run(&format!("pre-commit run {line}"), &self.path())
    }
}
