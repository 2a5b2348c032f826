use thiserror::Error;

/// How large a filter may be before it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a text, as UTF-8.
    pub length_bytes: usize,
    /// How deep expressions may be nested.
    pub depth: usize,
    /// Literals, names and operations together.
    pub nodes: usize,
    /// Positions of all geometry literals together.
    pub vertices: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { length_bytes: 1 << 20, depth: 48, nodes: 2_000, vertices: 20_000 }
    }
}

/// A filter that does not follow the grammar (OGC 21-065r2, Annex B and C), or exceeds a limit.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("at {at}: {reason}")]
pub struct SyntaxError {
    /// Where: the character of a text, counted from 0, or a JSON pointer (`/args/1`).
    pub at: String,
    /// What is wrong there, and what would be right.
    pub reason: String,
}

impl SyntaxError {
    pub(crate) fn new(at: impl ToString, reason: impl Into<String>) -> Self {
        Self { at: at.to_string(), reason: reason.into() }
    }
}

/// What has been used of the limits while one filter is read.
#[derive(Debug)]
pub(crate) struct Budget {
    limits: Limits,
    nodes: usize,
    vertices: usize,
    /// How deep the reader is now.
    pub(crate) depth: usize,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { limits: *limits, nodes: 0, vertices: 0, depth: 0 }
    }

    pub(crate) fn node(&mut self) -> Result<(), String> {
        self.nodes += 1;
        let most = self.limits.nodes;
        if self.nodes > most {
            Err(format!("more than {most} parts; shorten the filter"))
        } else {
            Ok(())
        }
    }

    pub(crate) fn vertex(&mut self) -> Result<(), String> {
        self.vertices += 1;
        let most = self.limits.vertices;
        if self.vertices > most {
            return Err(format!("more than {most} positions; simplify the geometry"));
        }
        Ok(())
    }

    pub(crate) fn enter(&mut self) -> Result<(), String> {
        self.depth += 1;
        self.within_depth(self.depth)
    }

    pub(crate) fn leave(&mut self) {
        self.depth -= 1;
    }

    pub(crate) fn within_depth(&self, depth: usize) -> Result<(), String> {
        let most = self.limits.depth;
        if depth > most { Err(format!("nested more than {most} deep")) } else { Ok(()) }
    }
}
