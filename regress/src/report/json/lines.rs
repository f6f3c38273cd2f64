use std::io::{self, Write};

/// One line for each field of the report, and for each row: what changed between two reports shows in `diff`.
pub(in crate::report) struct LineByLine {
    /// How many arrays and objects are open.
    depth: usize,
    /// How many of them, from the outside, have a line for each of their elements: 2 for the report itself and the
    /// arrays in it.
    broken_up: usize,
}

impl LineByLine {
    pub(in crate::report) fn new(broken_up: usize) -> LineByLine {
        LineByLine { depth: 0, broken_up }
    }

    fn open<W: ?Sized + Write>(&mut self, writer: &mut W, bracket: &[u8]) -> io::Result<()> {
        self.depth += 1;
        writer.write_all(bracket)
    }

    fn next<W: ?Sized + Write>(&self, writer: &mut W, first: bool, broken_up: bool) -> io::Result<()> {
        let comma: &[u8] = if first { b"" } else { b"," };
        writer.write_all(comma)?;
        if broken_up { writer.write_all(b"\n") } else { Ok(()) }
    }
}

impl serde_json::ser::Formatter for LineByLine {
    fn begin_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"{")
    }

    fn end_object<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(if self.depth == 0 { b"\n}" } else { b"}" })
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first, self.depth < self.broken_up)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.open(writer, b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, writer: &mut W) -> io::Result<()> {
        self.depth -= 1;
        writer.write_all(b"]")
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, writer: &mut W, first: bool) -> io::Result<()> {
        self.next(writer, first, self.depth <= self.broken_up)
    }
}
