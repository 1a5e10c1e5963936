//! The event lines, printed by a thread of their own: a reader that stands still holds up the lines, never the guard, and
//! not its end. Owns the queue between them; what does not fit is left out and counted by who puts it in.

use std::io::Write;
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::time::Duration;

/// So many lines wait for a reader; an event is some hundred bytes, so it is about a megabyte.
const WAITING_MOST: usize = 4096;
/// So long the end waits for a reader that still reads.
const PATIENCE: Duration = Duration::from_secs(3);

/// Lines on their way to a reader.
pub(super) struct Tape {
    lines: SyncSender<String>,
    ended: Receiver<()>,
}

impl Tape {
    /// Begins to print to that writer. A closed pipe ends printing, not the program.
    pub(super) fn begin(mut writer: impl Write + Send + 'static) -> Self {
        let (lines, waiting) = sync_channel::<String>(WAITING_MOST);
        let (done, ended) = channel();
        std::thread::spawn(move || {
            for line in waiting {
                let _ = writeln!(writer, "{line}").and_then(|()| writer.flush());
            }
            let _ = done.send(());
        });
        Self { lines, ended }
    }

    /// Whether there is room for it.
    pub(super) fn put(&self, line: String) -> bool {
        self.lines.try_send(line).is_ok()
    }

    /// Until everything is printed, but no longer than a reader deserves. Whether everything was.
    pub(super) fn end(self) -> bool {
        drop(self.lines);
        self.ended.recv_timeout(PATIENCE).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use super::*;

    /// Takes nothing before it is let go on.
    struct Still {
        going: Receiver<()>,
        taken: Arc<Mutex<Vec<u8>>>,
    }

    impl Write for Still {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            let _ = self.going.recv();
            self.taken.lock().map_or(Ok(0), |mut taken| taken.write(bytes))
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_stands_still_costs_lines_and_holds_nobody_up() {
        let (go, going) = channel();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let tape = Tape::begin(Still {
            going,
            taken: Arc::clone(&taken),
        });
        let put = (0..WAITING_MOST + 10)
            .filter(|line| tape.put(line.to_string()))
            .count();
        assert!((WAITING_MOST..WAITING_MOST + 2).contains(&put), "{put}");
        assert!(!tape.end(), "it ends although nothing was read");
        assert!(taken.lock().is_ok_and(|taken| taken.is_empty()));
        drop(go);
    }

    #[test]
    fn a_reader_that_reads_gets_every_line_in_order() {
        let (go, going) = channel();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let tape = Tape::begin(Still {
            going,
            taken: Arc::clone(&taken),
        });
        assert!(tape.put("one".to_owned()) && tape.put("two".to_owned()));
        drop(go);
        assert!(tape.end());
        assert!(taken.lock().is_ok_and(|taken| *taken == b"one\ntwo\n"));
    }
}
