//! As much of Markdown as our own pages need: headings and fenced blocks.

/// A fenced block.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Block {
    /// What stands behind the opening fence.
    pub info: String,
    /// The lines between the fences, each with its line end.
    pub text: String,
    /// Lines of the page above the opening fence.
    pub above: usize,
    /// How many headings stand above it.
    pub section: usize,
}

/// The fenced blocks of a page, in order. An indented fence (an example of a fence) is none.
pub fn blocks(page: &str) -> Vec<Block> {
    let mut found = Vec::new();
    let mut open: Option<Block> = None;
    let mut section = 0;
    for (above, line) in page.lines().enumerate() {
        match (&mut open, line.strip_prefix("```")) {
            (None, Some(info)) => {
                open = Some(Block { info: info.trim().to_owned(), text: String::new(), above, section });
            }
            (None, None) => section += usize::from(line.starts_with('#')),
            (Some(_), Some("")) => found.extend(open.take()),
            (Some(block), _) => {
                block.text.push_str(line);
                block.text.push('\n');
            }
        }
    }
    assert!(open.is_none(), "a fence is not closed");
    found
}
