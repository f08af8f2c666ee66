//! Maps: what they hold under a key, and how much they hold.

use super::machine::Machine;
use super::mode::{Log, Mode};
use super::value::{Map, Text, Value};
use crate::program::ExprId;
use crate::value::Cell;

impl<M: Mode> Machine<'_, M> {
    pub(super) fn index(&mut self, map: ExprId, key: ExprId) -> Value<M> {
        let start = self.mark();
        let map = self.eval(map);
        let Value::Map(map) = map else {
            // The key is read for what it misses: it stands in the same undecided expression.
            let _ = self.eval(key);
            return Value::Unknown;
        };
        if self.map_len(&map) == 0 {
            return Value::None;
        }
        let key = self.eval(key);
        let Value::Text(key) = key else { return Value::Unknown };
        self.scratch.log.settle(start);
        match &map {
            Map::Made(entries) => {
                let text = self.text(&key);
                let found = entries.iter().find(|(key, _)| **key == *text);
                found.map_or(Value::None, |(_, value)| value.clone())
            }
            Map::Stored { id, by_name, shape, fact } => {
                let cell = self.stored_entry(*id, &key, *by_name);
                if cell == Cell::Unknown {
                    self.scratch.log.missing(*fact);
                }
                self.lift(cell, *shape, *fact)
            }
        }
    }

    fn stored_entry(&self, id: crate::value::MapId, key: &Text, by_name: bool) -> Cell {
        match key {
            Text::Id(key) => self.facts().map_get(id, *key, by_name),
            Text::Own(key) => {
                let texts = self.facts().texts();
                let folded = if by_name { key.to_lowercase() } else { key.to_string() };
                texts.find(&folded).map_or(Cell::None, |key| self.facts().map_get(id, key, by_name))
            }
        }
    }

    pub(super) fn map_len(&self, map: &Map<M>) -> usize {
        match map {
            Map::Made(entries) => entries.len(),
            Map::Stored { id, .. } => self.facts().map(*id).len(),
        }
    }
}
