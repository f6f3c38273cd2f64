use std::sync::atomic::{AtomicBool, Ordering};

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C is remembered instead of ending the program. A second one ends it.
///
/// Where the system refuses, Ctrl-C goes on to end the program: nothing that was measured is lost by it.
pub fn heed_interrupts() {
    let heed = || {
        if INTERRUPTED.swap(true, Ordering::Relaxed) {
            std::process::exit(130);
        }
    };
    if ctrlc::set_handler(heed).is_err() {
        INTERRUPTED.store(false, Ordering::Relaxed);
    }
}

/// Whether Ctrl-C was pressed.
pub fn interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}
