//! Passing over values that nobody reads. Their syntax and their keys are looked at all the same: a key that stands twice is
//! an error wherever it stands.

use super::Odd;
use super::cursor::Cursor;
use super::hand::Hand;
use super::keys::NodeAt;

impl Hand<'_> {
    /// Passes over the value that comes next. `depth`: lists and mappings that are open around it.
    #[inline]
    pub(super) fn skip(&mut self, cursor: &mut Cursor<'_>, node: NodeAt, depth: u32) -> Result<(), Odd> {
        match cursor.peek() {
            b'"' => cursor.string().map(|_| ()),
            b'{' | b'[' => self.skip_over(cursor, node, depth),
            b't' | b'f' => cursor.bool().map(|_| ()),
            b'n' => cursor.null(),
            _ => cursor.number().map(|_| ()),
        }
    }

    fn skip_over(&mut self, cursor: &mut Cursor<'_>, node: NodeAt, depth: u32) -> Result<(), Odd> {
        match cursor.peek() {
            b'{' => {
                let depth = depth.saturating_add(1);
                let mut keys = self.open(cursor, node, depth)?;
                while let Some(key) = self.next(cursor, &mut keys, None)? {
                    self.skip(cursor, key.child, depth)?;
                }
                Ok(())
            }
            b'[' => {
                let depth = depth.saturating_add(1);
                let mut more = cursor.open_list(depth)?;
                while more {
                    self.skip(cursor, node, depth)?;
                    more = cursor.next_element()?;
                }
                Ok(())
            }
            _ => Err(Odd),
        }
    }
}
