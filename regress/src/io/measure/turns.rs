//! Two programs alive at once, of which only one measures at a time.
//!
//! ```text
//! old    starts ─ warms up, sample 1 │                         │ sample 2 │          │ … ends
//! new    starts ─ waits ············ │ warms up, sample 1      │          │ sample 2 │ …
//! ```
//!
//! Each finds an address in the variable `METER_TURNS`. It writes a byte there when it wants a turn, before its first
//! warm-up and after each sample, and waits for a byte, which is its turn; the turn lasts until it writes again or
//! ends. Any byte will do; here they are line ends. `bench_meter::InTurns` is the other end of the line.

use std::io::{ErrorKind, Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::process::Command;
use std::time::{Duration, Instant};

use super::journal::Side;
use super::process::{Crash, Running};

/// Where a program finds the address; whoever knows it can take turns.
pub(super) const VARIABLE: &str = "METER_TURNS";

/// How often a program that has not called yet is looked after.
const LOOK: Duration = Duration::from_micros(500);

/// How many turns each of two programs had.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Turns {
    pub(super) old: usize,
    pub(super) new: usize,
}

/// Runs two programs to their ends, and gives turns to those that want them, to one at a time.
///
/// * The first turn is given when both want one. Who never wants one has ended by then; two of that kind have run side
///   by side, each with 0 turns.
/// * `timeout`: for each, without the time in which it waits for the other.
///
/// # Errors
/// Which of them could not be started, failed, or took longer. The other is killed.
pub(super) fn run(
    old: &mut Command,
    new: &mut Command,
    first: Side,
    timeout: Duration,
) -> Result<Turns, (Side, Crash)> {
    let start = |side, command| Player::start(side, command, timeout).map_err(|crash| (side, crash));
    let (mut old, mut new) = (start(Side::Old, old)?, start(Side::New, new)?);
    {
        let mut round = match first {
            Side::Old => [&mut old, &mut new],
            Side::New => [&mut new, &mut old],
        };
        for player in &mut round {
            player.see_what_it_wants()?;
        }
        while round.iter().any(|player| player.wants == Wants::Turn) {
            for player in round.iter_mut().filter(|player| player.wants == Wants::Turn) {
                player.give_turn();
                player.see_what_it_wants()?;
            }
        }
    }
    Ok(Turns { old: old.turns, new: new.turns })
}

/// One of the two.
struct Player {
    side: Side,
    /// Above its line, because it goes first: nobody goes on without turns for a moment.
    running: Running,
    line: Line,
    /// What is left of its time.
    left: Duration,
    timeout: Duration,
    wants: Wants,
    turns: usize,
}

/// How it is reached.
enum Line {
    /// It has not called yet.
    Listening(TcpListener),
    Open(TcpStream),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wants {
    Turn,
    /// It has ended, and well.
    Nothing,
}

impl Player {
    fn start(side: Side, command: &mut Command, timeout: Duration) -> Result<Player, Crash> {
        let no_line = |error: std::io::Error| Crash::NotStarted(format!("no line to it: {error}"));
        // One for each, so that it is clear who calls.
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(no_line)?;
        listener.set_nonblocking(true).map_err(no_line)?;
        let address = listener.local_addr().map_err(no_line)?;
        let running = Running::start(command.env(VARIABLE, address.to_string()))?;
        let line = Line::Listening(listener);
        Ok(Player { side, running, line, left: timeout, timeout, wants: Wants::Nothing, turns: 0 })
    }

    fn give_turn(&mut self) {
        if let Line::Open(stream) = &mut self.line {
            // Whether it is still there is seen by what it wants next.
            let _ = stream.write_all(b"\n");
        }
        self.turns += 1;
    }

    /// Waits until it wants a turn or has ended.
    fn see_what_it_wants(&mut self) -> Result<(), (Side, Crash)> {
        let begin = Instant::now();
        let wants = self.next_want();
        self.left = self.left.saturating_sub(begin.elapsed());
        self.wants = wants.map_err(|crash| (self.side, self.in_words_of_the_limit(crash)))?;
        Ok(())
    }

    fn next_want(&mut self) -> Result<Wants, Crash> {
        let begin = Instant::now();
        let left = |total: Duration| total.saturating_sub(begin.elapsed());
        while let Line::Listening(listener) = &self.line {
            if let Some(stream) = accept(listener) {
                self.line = Line::Open(stream);
            } else if !self.running.is_running() || left(self.left).is_zero() {
                break;
            } else {
                std::thread::sleep(LOOK);
            }
        }
        if let Line::Open(stream) = &mut self.line
            && hears_from(stream, left(self.left))
        {
            return Ok(Wants::Turn);
        }
        self.running.wait(left(self.left))?;
        Ok(Wants::Nothing)
    }

    /// It was waited for in pieces; what it exceeded is the whole.
    fn in_words_of_the_limit(&self, crash: Crash) -> Crash {
        match crash {
            Crash::TimedOut { .. } => Crash::TimedOut { seconds: self.timeout.as_secs() },
            other => other,
        }
    }
}

/// Whoever calls, if somebody does.
fn accept(listener: &TcpListener) -> Option<TcpStream> {
    let (stream, _) = listener.accept().ok()?;
    // Some systems hand the listener's way of waiting on.
    stream.set_nonblocking(false).ok()?;
    stream.set_nodelay(true).ok()?;
    Some(stream)
}

/// Whether it wrote a byte in that time. Otherwise the line is dead, or it took too long.
fn hears_from(stream: &mut TcpStream, patience: Duration) -> bool {
    // A patience of 0 is refused, for it would mean to wait for ever.
    if stream.set_read_timeout(Some(patience)).is_err() {
        return false;
    }
    loop {
        match stream.read(&mut [0]) {
            Ok(count) => return count != 0,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(_) => return false,
        }
    }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// Long enough for a shell on a busy machine.
    const PATIENCE: Duration = Duration::from_secs(60);

    /// What its players write down, in the order in which it happened.
    struct Table {
        directory: tempfile::TempDir,
    }

    impl Table {
        fn new() -> Table {
            Table { directory: tempfile::tempdir().unwrap() }
        }

        /// A bash that plays `script`, with these words of its own:
        ///
        /// * `call`: opens the line
        /// * `turn`: waits for its turn
        /// * `note TEXT`: writes it down
        /// * `sample NAME`: a measurement that takes a moment, with its begin and its end written down
        fn player(&self, script: &str) -> Command {
            const WORDS: &str = r#"
                call() { exec 3<>"/dev/tcp/${METER_TURNS/://}"; }
                turn() { echo >&3; read -r -u 3; }
                note() { echo "$*" >>log; }
                sample() { note "$1["; sleep 0.01; note "]$1"; }
            "#;
            let mut command = Command::new("bash");
            command.arg("-c").arg(format!("{WORDS}\n{script}")).current_dir(self.directory.path());
            command
        }

        fn play(&self, old: &str, new: &str, first: Side, timeout: Duration) -> Result<Turns, (Side, Crash)> {
            run(&mut self.player(old), &mut self.player(new), first, timeout)
        }

        fn log(&self) -> String {
            let text = std::fs::read_to_string(self.directory.path().join("log")).unwrap_or_default();
            text.split_whitespace().collect::<Vec<_>>().join(" ")
        }
    }

    /// Notes its process, so that it can be looked for.
    const IDENTIFY: &str = "echo $$ >process";

    /// Warms up and measures, as often as told.
    fn samples(name: &str, count: usize) -> String {
        format!("call; turn; for i in $(seq {count}); do sample {name}; turn; done")
    }

    fn failed(code: i32, said: &str) -> Crash {
        Crash::Failed { how: format!("exit status: {code}"), said: said.to_owned() }
    }

    #[test]
    fn they_measure_in_turns_and_never_at_once() {
        #[track_caller]
        fn check(old: usize, new: usize, first: Side, expected: &str) {
            let table = Table::new();
            let turns = table.play(&samples("o", old), &samples("n", new), first, PATIENCE);
            // One to begin, and one after each sample.
            assert_eq!((turns, &*table.log()), (Ok(Turns { old: old + 1, new: new + 1 }), expected));
        }
        check(3, 3, Side::Old, "o[ ]o n[ ]n o[ ]o n[ ]n o[ ]o n[ ]n");
        check(3, 3, Side::New, "n[ ]n o[ ]o n[ ]n o[ ]o n[ ]n o[ ]o");
        check(1, 4, Side::Old, "o[ ]o n[ ]n n[ ]n n[ ]n n[ ]n"); // goes on alone
        check(0, 1, Side::New, "n[ ]n");
    }

    #[test]
    fn what_a_program_does_after_its_last_sample_is_in_nobodys_way() {
        let table = Table::new();
        let late = format!("{}; exec 3>&-; sample analysis", samples("o", 1));
        let turns = table.play(&late, &samples("n", 2), Side::Old, PATIENCE);
        assert_eq!(turns, Ok(Turns { old: 2, new: 3 }));
        assert_eq!(table.log(), "o[ ]o n[ ]n analysis[ ]analysis n[ ]n");
    }

    #[test]
    fn who_never_asks_for_a_turn_has_ended_before_the_other_begins() {
        #[track_caller]
        fn check(old: &str, expected: &str) {
            let table = Table::new();
            let turns = table.play(old, &samples("n", 1), Side::New, PATIENCE);
            assert_eq!((turns, &*table.log()), (Ok(Turns { old: 0, new: 2 }), expected));
        }
        check("true", "n[ ]n");
        check("sample o", "o[ ]o n[ ]n");
        check("call; sample o", "o[ ]o n[ ]n");
        let turns = Table::new().play("true", "true", Side::Old, PATIENCE);
        assert_eq!(turns, Ok(Turns { old: 0, new: 0 }));
    }

    #[test]
    fn a_program_that_fails_is_told_and_the_other_is_killed() {
        #[track_caller]
        fn check(script: &str, expected: Crash) {
            let waits = format!("{IDENTIFY}; {}", samples("n", 1000));
            for side in [Side::Old, Side::New] {
                let table = Table::new();
                let (old, new) = if side == Side::Old { (script, &*waits) } else { (&*waits, script) };
                assert_eq!(table.play(old, new, side, PATIENCE), Err((side, expected.clone())));
                assert!(!is_there(&table), "it is still running");
            }
        }
        check("echo no disk >&2; exit 7", failed(7, "no disk"));
        check("call; exit 7", failed(7, ""));
        check("call; turn; exit 7", failed(7, ""));
        check("call; turn; turn; echo >&3; exit 7", failed(7, "")); // not in its turn
        check(
            "call; turn; kill -KILL $$",
            Crash::Failed { how: "signal: 9 (SIGKILL)".to_owned(), said: String::new() },
        );
    }

    /// Whether the process that wrote down its number is there; not even started counts as not.
    fn is_there(table: &Table) -> bool {
        let Ok(number) = std::fs::read_to_string(table.directory.path().join("process")) else { return false };
        let status = Command::new("kill").args(["-0", number.trim()]).stderr(std::process::Stdio::null()).status();
        status.unwrap().success()
    }

    #[test]
    fn a_program_that_hangs_is_told_and_not_the_one_that_waits_for_it() {
        let check = |script: &str| {
            let table = Table::new();
            let hangs = format!("{IDENTIFY}; {script}");
            let ended = table.play("call; turn; turn", &hangs, Side::Old, Duration::from_secs(3));
            assert_eq!(ended, Err((Side::New, Crash::TimedOut { seconds: 3 })), "{script}");
            assert!(!is_there(&table), "{script}: it is still running");
        };
        std::thread::scope(|scope| {
            for script in [
                "exec sleep 60",                        // never calls
                "call; exec sleep 60",                  // calls, and never wants a turn
                "call; turn; exec sleep 60",            // in its turn
                "call; turn; exec 3>&-; exec sleep 60", // after it hung up
            ] {
                scope.spawn(move || check(script));
            }
        });
    }

    #[test]
    fn a_program_that_cannot_be_started_is_told() {
        let table = Table::new();
        let mut missing = Command::new("/no/such/program");
        let ended = run(&mut table.player(IDENTIFY), &mut missing, Side::Old, PATIENCE);
        assert!(matches!(ended, Err((Side::New, Crash::NotStarted(_)))), "{ended:?}");
        assert!(!is_there(&table));
    }
}
