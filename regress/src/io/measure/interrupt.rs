use std::process::{Child, Command};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// The groups of the programs that run for this one, by their leaders' process ids; 0 where there is none. There are
/// two at most: old and new, taking turns.
static GROUPS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];

/// From now on Ctrl-C, and whatever else asks the program to end (`SIGTERM`, `SIGHUP`), is remembered instead of
/// ending it, and handed on to the program that runs for it: see `Escort`. A second one ends both.
///
/// Where the system refuses, Ctrl-C goes on to end the program: nothing that was measured is lost by it.
pub fn heed_interrupts() {
    let heed = || {
        let is_second = INTERRUPTED.swap(true, Ordering::SeqCst);
        let how = if is_second { How::AtOnce } else { How::Politely };
        GROUPS.iter().for_each(|group| end(group.load(Ordering::SeqCst), how));
        if is_second {
            std::process::exit(130);
        }
    };
    if ctrlc::set_handler(heed).is_err() {
        INTERRUPTED.store(false, Ordering::SeqCst);
    }
}

/// Whether Ctrl-C was pressed.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// While this lives, an interrupt ends the program, with all that it has started (a compiler, a shell's command).
///
/// When this one is killed (`SIGKILL`), nobody is told: the program goes on to its own end.
#[derive(Debug)]
pub(super) struct Escort {
    group: u32,
}

impl Escort {
    /// Makes the program that `command` starts the leader of a group of its own.
    pub(super) fn prepare(command: &mut Command) -> &mut Command {
        #[cfg(unix)]
        std::os::unix::process::CommandExt::process_group(command, 0);
        command
    }

    /// Of a program whose command was [prepared](Escort::prepare). To be dropped when it has ended.
    pub(super) fn of(child: &Child) -> Escort {
        let group = child.id();
        let take = |slot: &&AtomicU32| slot.compare_exchange(0, group, Ordering::SeqCst, Ordering::SeqCst).is_ok();
        // Without a place, which takes more than two programs at once, it is not told of an interrupt.
        let _ = GROUPS.iter().find(take);
        if interrupted() {
            end(group, How::Politely);
        }
        Escort { group }
    }

    /// Ends the program now, with all that it has started.
    pub(super) fn kill(&self) {
        end(self.group, How::AtOnce);
    }
}

impl Drop for Escort {
    fn drop(&mut self) {
        for slot in &GROUPS {
            // Whoever has the slot by now keeps it.
            let _ = slot.compare_exchange(self.group, 0, Ordering::SeqCst, Ordering::SeqCst);
        }
    }
}

#[derive(Clone, Copy)]
enum How {
    /// It can still clean up.
    Politely,
    AtOnce,
}

/// Asks a group to end. One that has ended does not hear it.
#[cfg(unix)]
fn end(group: u32, how: How) {
    use nix::sys::signal::{Signal, killpg};

    let signal = match how {
        How::Politely => Signal::SIGTERM,
        How::AtOnce => Signal::SIGKILL,
    };
    if let Some(group) = i32::try_from(group).ok().filter(|group| 1 < *group) {
        let _ = killpg(nix::unistd::Pid::from_raw(group), signal);
    }
}

#[cfg(not(unix))]
fn end(_: u32, _: How) {}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_killed_with_what_it_started() {
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 600 & echo $!; wait"]).stdout(std::process::Stdio::piped());
        let mut child = Escort::prepare(&mut command).spawn().unwrap();
        let mut line = String::new();
        let mut output = std::io::BufReader::new(child.stdout.take().unwrap());
        std::io::BufRead::read_line(&mut output, &mut line).unwrap();
        Escort { group: child.id() }.kill();
        assert!(!child.wait().unwrap().success());
        // The sleeper holds the other end of the pipe until it is gone.
        let mut rest = String::new();
        std::io::Read::read_to_string(&mut output, &mut rest).unwrap();
        assert!(!line.trim().is_empty() && rest.is_empty());
    }
}
