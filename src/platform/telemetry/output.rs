use std::io::{self, Write};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tracing::Metadata;
use tracing_subscriber::fmt::MakeWriter;

/// The target of the line that every request leaves.
pub const ACCESS: &str = "pyairtable::access";

/// How long access lines wait for company.
const GATHER: Duration = Duration::from_millis(20);
/// Beyond this whoever logs writes, so that no load makes the lines pile up.
const MOST_HELD: usize = 64 * 1024;

static HELD: Held = Held {
    lines: Mutex::new(Vec::new()),
    came: Condvar::new(),
};

/// Access lines on their way out: one write for many of them.
struct Held {
    lines: Mutex<Vec<u8>>,
    came: Condvar,
}

impl Held {
    fn lines(&self) -> MutexGuard<'_, Vec<u8>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, line: &[u8], out: &mut impl Write) -> io::Result<()> {
        let mut lines = self.lines();
        if lines.is_empty() {
            self.came.notify_one();
        }
        lines.extend_from_slice(line);
        if lines.len() > MOST_HELD {
            write_out(&mut lines, out)?;
        }
        Ok(())
    }

    /// Writes a line that does not wait, behind those that did.
    fn pass(&self, line: &[u8], out: &mut impl Write) -> io::Result<()> {
        let mut lines = self.lines();
        lines.extend_from_slice(line);
        write_out(&mut lines, out)
    }

    fn run(&self) {
        loop {
            let came = self.came.wait_while(self.lines(), |lines| lines.is_empty());
            drop(came);
            std::thread::sleep(GATHER);
            // Where standard error is gone nobody can be told.
            let _ = write_out(&mut self.lines(), &mut io::stderr());
        }
    }
}

fn write_out(lines: &mut Vec<u8>, out: &mut impl Write) -> io::Result<()> {
    let outcome = out.write_all(lines);
    lines.clear();
    outcome
}

/// Writes what is still held; the last act of a process.
pub fn flush() {
    let _ = write_out(&mut HELD.lines(), &mut io::stderr());
}

/// Standard error, where the lines about requests go out together and all others at once.
#[derive(Clone, Copy)]
pub(super) struct Output {
    gathers: bool,
}

impl Output {
    /// The output with its thread; without one every line goes out at once.
    pub(super) fn start() -> Self {
        let thread = std::thread::Builder::new().name("log".to_owned());
        Self {
            gathers: thread.spawn(|| HELD.run()).is_ok(),
        }
    }
}

/// One line of the log.
pub(super) struct Line {
    waits: bool,
}

impl<'a> MakeWriter<'a> for Output {
    type Writer = Line;

    fn make_writer(&'a self) -> Line {
        Line { waits: false }
    }

    fn make_writer_for(&'a self, about: &Metadata<'_>) -> Line {
        Line {
            waits: self.gathers && about.target() == ACCESS,
        }
    }
}

impl Write for Line {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if self.waits {
            HELD.add(line, &mut io::stderr())?;
        } else {
            HELD.pass(line, &mut io::stderr())?;
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held() -> Held {
        Held {
            lines: Mutex::default(),
            came: Condvar::new(),
        }
    }

    #[test]
    fn a_line_that_does_not_wait_comes_behind_those_that_did() {
        let (held, mut out) = (held(), Vec::new());
        held.add(b"first\n", &mut out).unwrap();
        held.add(b"second\n", &mut out).unwrap();
        assert!(out.is_empty());
        held.pass(b"warning\n", &mut out).unwrap();
        assert_eq!(out, b"first\nsecond\nwarning\n");
        held.pass(b"next\n", &mut out).unwrap();
        assert_eq!(out, b"first\nsecond\nwarning\nnext\n");
    }

    #[test]
    fn lines_do_not_pile_up() {
        let (held, mut out) = (held(), Vec::new());
        let line = [b'x'; 1000];
        for _ in 0..1000 {
            held.add(&line, &mut out).unwrap();
            assert!(held.lines().len() <= MOST_HELD);
        }
        assert_eq!(out.len() + held.lines().len(), 1_000_000);
    }
}
