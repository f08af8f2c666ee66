//! What stands below the options on the long pages of help: examples, exit codes, where to go next. What an option does is
//! said where the option is, in [`super::args`].

/// `clearway --help`
pub const CLEARWAY: &str = "\
Examples:
  clearway check                     judge every plan below this folder
  clearway check drain.plan.yaml     judge one plan
  clearway suggest drain.plan.yaml   find what may be done instead of what is
                                     refused
  clearway explain CODE              read what the code of a finding stands for
  clearway explain drain.plan.yaml --step sql-first
                                     see why a step is judged as it is

Exit codes, of every command:
  0  nothing at or above the failing level
  1  findings at or above it
  2  the run itself failed: usage, a file that cannot be read, a plan, an
     inventory or a policy with errors, a limit that was hit
  3  nothing was evaluated: no plan, no step in it, or no rule selected

Options that belong to a repository stand in its `clearway.toml`.
`clearway help COMMAND` tells all about a command, `clearway man` writes manual
pages, `clearway completions SHELL` what your shell wants to know.";

/// `clearway -h`
pub const CLEARWAY_SHORT: &str = "\
`clearway help COMMAND` tells all about a command, with examples.
Exit codes: 0 nothing at or above the failing level, 1 findings, 2 the run
itself failed, 3 nothing was evaluated.";

/// `clearway check -h`
pub const CHECK_SHORT: &str = "`clearway check --help` shows all options, with examples.";

/// `clearway check --help`
pub const CHECK_ABOUT: &str = "\
Check plans against policies and inventories.

Each step of a plan is judged in the world as the steps before it leave it: \
permitted, denied, or unverified where a fact is missing that would decide. \
Every run ends with an account that adds up, so that nothing passes unseen.";

/// `clearway check --help`
pub const CHECK: &str = "\
Examples:
  clearway check                         every plan below this folder
  clearway check plans drain.plan.yaml   those of a folder, and one more
  clearway check drain.plan.yaml --inventory export.json
                                         against another inventory
  clearway check --select ACME --ignore ACME07
                                         some codes only
  clearway check --watch                 again after each save
  clearway check --since main            what this branch made worse
  clearway check drain.plan.yaml --diff  what `--fix` would write
  clearway check --output-format json    for programs
  generate-plan | clearway check - --stdin-filename new.plan.json

Exit codes:
  0  nothing at or above the level of `--fail-on`
  1  findings at or above it
  2  the run itself failed; this wins over 1
  3  nothing was evaluated: no plan, no step in it, or no rule selected

Next: `clearway explain CODE` for what a code stands for, `clearway explain PLAN
--step ID` for why a step is judged so, `clearway suggest PLAN` for ways out,
`clearway facts PLAN` for what the inventories do not say.";

/// `clearway review --help`
pub const REVIEW_ABOUT: &str = "\
Write the comment for a change review.

A page in Markdown that a bot posts: the verdict, and what is new, fixed, \
unchanged and waived; where something may be written instead, as a suggestion \
that a reviewer can take over. It never grows beyond what code hosts take.";

/// `clearway review --help`
pub const REVIEW: &str = "\
Examples:
  clearway review --since main           the plans of a branch
  clearway review --since main --output-file comment.md
  clearway review --baseline known.json  beside what is known

Exit codes:
  0  nothing new at or above the level of `--fail-on`
  1  new findings at or above it
  2  the run itself failed
  3  nothing was evaluated";

/// `clearway suggest --help`
pub const SUGGEST_ABOUT: &str = "\
Find what may be done about refused steps.

For every refused step, the nearest steps or sequences of steps that are \
permitted are searched for, and held to a check of the whole plan. Where there \
are none, what stands in the way is named.";

/// `clearway suggest --help`
pub const SUGGEST: &str = "\
Examples:
  clearway suggest drain.plan.yaml
  clearway suggest drain.plan.yaml --most 1
  clearway check drain.plan.yaml --fix   writes the first suggestion of each

Exit codes:
  0  each refused step has a way out, or none is refused
  1  a step has none
  2  the run itself failed
  3  nothing was evaluated";

/// `clearway test --help`
pub const TEST_ABOUT: &str = "\
Run the tests of policies, with coverage of rules, verdicts and matrix cells.

Tests stand in the `.way` files beside the rules that they are about.";

/// `clearway test --help`
pub const TEST: &str = "\
Examples:
  clearway test                              those of the chosen packs
  clearway test policies/acme --verbose      each test of a pack
  clearway test policies --min-coverage 100  fail where anything is untested

Exit codes:
  0  all tests passed
  1  a test failed, or too little is covered
  2  the run itself failed, or a policy has errors
  3  no test was found";

/// `clearway lint --help`
pub const LINT_ABOUT: &str = "\
Check policies without a plan.

Names, types and units, tables that cover each case exactly once, rules that \
can never apply, texts that say too little: whatever is wrong with a pack is \
told before a plan meets it.";

/// `clearway lint --help`
pub const LINT: &str = "\
Examples:
  clearway lint policies/acme            a pack
  clearway lint policies/acme/hosts.way  the pack that a file belongs to
  clearway lint --fail-on warning        the chosen packs, strictly

Exit codes:
  0  nothing at or above the level of `--fail-on`
  1  warnings or notes, where those fail
  2  a policy has errors, or the run itself failed

Next: `clearway explain CW210` for what a code stands for, `clearway test` for
the tests of policies.";

/// `clearway fmt --help`
pub const FMT_ABOUT: &str = "\
Write policies in their canonical layout.

Comments stay where they are, and what a policy says stays what it is.";

/// `clearway fmt --help`
pub const FMT: &str = "\
Examples:
  clearway fmt                       every policy below this folder
  clearway fmt --check policies      for hooks and servers
  clearway fmt --diff hosts.way
  clearway fmt - < hosts.way         for editors

Exit codes:
  0  all is as it should be, or was written so
  1  with `--check` or `--diff`: something would change
  2  a policy cannot be read, or the run itself failed
  3  there was no policy";

/// `clearway rules --help`
pub const RULES: &str = "\
Examples:
  clearway rules
  clearway rules --pack policies/acme
  clearway rules --diff vmm-2019 policies/acme
  clearway rules --format markdown > rules.md

Next: `clearway explain CODE` for one of them.";

/// `clearway explain --help`
pub const EXPLAIN_ABOUT: &str = "\
Show what a code stands for, or why a step of a plan is judged as it is.

With a code: the page of the rule or the matrix, where it is from, its text, \
and tests as examples; or the page of one of Clearway's own messages. With a \
plan and a step: every rule about the step, each part of its clauses with its \
value and where that came from.";

/// `clearway explain --help`
pub const EXPLAIN: &str = "\
Examples:
  clearway explain CW207
  clearway explain CW511
  clearway explain drain.plan.yaml --step sql-first
  clearway explain drain.plan.yaml --step sql-first --code ACME01

Exit codes:
  0  something was explained
  2  the run itself failed, or there is no such code or step
  3  nothing was evaluated";

/// `clearway facts --help`
pub const FACTS_ABOUT: &str = "\
Show which facts the policies read, and how many of them the inventories know.

What nobody knows leaves steps unverified: `--template` writes a file in which \
it can be filled in.";

/// `clearway facts --help`
pub const FACTS: &str = "\
Examples:
  clearway facts drain.plan.yaml
  clearway facts --inventory export.json
  clearway facts drain.plan.yaml --template > more.yaml
  clearway check drain.plan.yaml --inventory export.json --inventory more.yaml

Exit codes:
  0  inventories were read
  2  the run itself failed
  3  no inventory was read";

/// `clearway import --help`
pub const IMPORT: &str = "\
Examples:
  clearway import scvmm export.json --output-file estate.yaml
  clearway import rvtools export.xlsx --output-file machines.jsonl

An export can be read as it is, too: `inventory: export.json` in a plan,
`clearway check --pack forklift-vmware export.xlsx`.";

/// `clearway completions --help`
pub const COMPLETIONS: &str = "\
Where they belong:
  bash        clearway completions bash \\
                > ~/.local/share/bash-completion/completions/clearway
  zsh         clearway completions zsh > ~/.zfunc/_clearway
              with `fpath+=~/.zfunc` before `compinit` in ~/.zshrc
  fish        clearway completions fish \\
                > ~/.config/fish/completions/clearway.fish
  powershell  clearway completions powershell >> $PROFILE
  elvish      clearway completions elvish >> ~/.config/elvish/rc.elv";

/// `clearway man --help`
pub const MAN: &str = "\
Examples:
  clearway man | man -l -
  clearway man check | man -l -
  clearway man --output-dir ~/.local/share/man/man1";

/// `clearway schema --help`
pub const SCHEMA_ABOUT: &str = "\
Write JSON Schemas, for editors and bots.

Those of plans and inventories are made from the vocabulary of the packs, with \
what its comments say: another pack brings another schema.";

/// `clearway schema --help`
pub const SCHEMA: &str = "\
Examples:
  clearway schema plan --output-file .clearway/plan.schema.json
  clearway schema inventory --pack policies/acme
                         with what an own layer adds
  clearway schema config what can stand in `clearway.toml`
  clearway schema output what `--output-format json` and `json-lines` write

`docs/schemas.md` says how editors find them.

Exit codes: 0 it was written, 2 the run itself failed, or a policy has errors.";
