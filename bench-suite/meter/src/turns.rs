//! criterion's wall time, taken in turns with another process.
//!
//! Two programs that measure the same benchmark at the same time disturb each other; one after the
//! other, they meet a different machine. In turns, a sample each, both meet the same one:
//!
//! ```text
//! old    sample │ waits  │ sample │ waits  │ …
//! new    waits  │ sample │ waits  │ sample │ …
//! ```
//!
//! Whoever hands out the turns listens on an address of its own for each of the two. A program that
//! wants its turn, because it is about to begin or because it has had one, writes a byte and waits;
//! a byte that comes back is its turn. It has that turn until it writes again or ends. The bytes are
//! line ends, so that a shell can play as well: `echo >&3; read -r -u 3`.

use std::cell::Cell;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::time::{Duration, Instant};

use criterion::measurement::{Measurement, ValueFormatter, WallTime};

/// Where the turns are handed out: `127.0.0.1:PORT`.
const VARIABLE: &str = "METER_TURNS";

/// Its own machine answers at once or not at all.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// The exit code of a program that cannot do its work.
const BAD_ADDRESS: i32 = 2;

/// criterion's [`WallTime`]; with the environment variable `METER_TURNS`, in turns.
///
/// ```
/// use bench_meter::InTurns;
/// use criterion::Criterion;
///
/// fn sum(criterion: &mut Criterion<InTurns>) {
///     criterion.bench_function("sum/n1000", |bencher| bencher.iter(|| (0..1000_u64).sum::<u64>()));
/// }
///
/// criterion::criterion_group! {
///     name = benches;
///     config = Criterion::default().with_measurement(InTurns::from_env());
///     targets = sum
/// }
/// # let _ = benches;
/// ```
///
/// A turn is a whole sample, however it is taken: `iter`, `iter_batched` with all of its setups,
/// `iter_custom`, asynchronous ones. The first turn holds the warm-up as well; what follows the last
/// sample (criterion's analysis) has a turn to itself. So nothing that this program does between its
/// first warm-up and its end happens while the other one measures. Waiting is part of no measurement,
/// and not of the warm-up, from which criterion derives how often to iterate.
///
/// If the one that hands out the turns is gone, the program goes on without.
#[derive(Debug)]
pub struct InTurns {
    /// `None`: nobody hands out turns.
    turns: Option<TcpStream>,
    has_begun: Cell<bool>,
}

impl InTurns {
    /// In turns, if the environment asks for it.
    ///
    /// Ends the program with a message if nobody answers at the address.
    pub fn from_env() -> InTurns {
        let Some(address) = std::env::var_os(VARIABLE) else { return InTurns::with(None) };
        let address = address.to_string_lossy();
        match connect(&address) {
            Ok(turns) => InTurns::with(Some(turns)),
            Err(problem) => {
                #[expect(clippy::print_stderr, reason = "there is no caller who could say it")]
                {
                    eprintln!("bench-meter: {VARIABLE}={address}: {problem}");
                    eprintln!("  it is set by the program that hands out turns; unset it to measure alone");
                }
                std::process::exit(BAD_ADDRESS)
            }
        }
    }

    fn with(turns: Option<TcpStream>) -> InTurns {
        InTurns { turns, has_begun: Cell::new(false) }
    }

    fn wait_for_turn(&self) {
        if let Some(mut turns) = self.turns.as_ref() {
            // An error says that nobody is there any more: then every turn is ours.
            let _ = turns.write_all(b"\n").and_then(|()| turns.read_exact(&mut [0]));
        }
    }
}

fn connect(address: &str) -> Result<TcpStream, String> {
    let address: SocketAddr = address.parse().map_err(|_| "no address; 127.0.0.1:PORT is one".to_owned())?;
    let answer = TcpStream::connect_timeout(&address, CONNECT_TIMEOUT).and_then(|turns| {
        // A byte is sent when it is written, not when there are more of them.
        turns.set_nodelay(true)?;
        Ok(turns)
    });
    answer.map_err(|error| error.to_string())
}

/// All of it is [`WallTime`]'s; turns begin and end in two calls that criterion does not time:
///
/// ```text
/// zero                    before the warm-up, and before the samples (`iter_batched`: inside as well)
/// start, end (, add)      in the warm-up and in samples, any number of times; `iter_custom`: never
/// to_f64                  after each sample, never in the warm-up
/// ```
impl Measurement for InTurns {
    type Intermediate = Instant;
    type Value = Duration;

    fn start(&self) -> Instant {
        WallTime.start()
    }

    fn end(&self, start: Instant) -> Duration {
        WallTime.end(start)
    }

    fn add(&self, left: &Duration, right: &Duration) -> Duration {
        WallTime.add(left, right)
    }

    fn zero(&self) -> Duration {
        if !self.has_begun.replace(true) {
            self.wait_for_turn();
        }
        WallTime.zero()
    }

    fn to_f64(&self, value: &Duration) -> f64 {
        self.wait_for_turn();
        WallTime.to_f64(value)
    }

    fn formatter(&self) -> &dyn ValueFormatter {
        WallTime.formatter()
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, TcpListener};
    use std::thread;

    use criterion::{BatchSize, Bencher, Criterion, SamplingMode};

    use super::*;

    const SAMPLES: usize = 10;

    /// Runs criterion with `routine`, and hands out turns until it has gone.
    ///
    /// * `patience`: how many turns it is given before nobody is there any more.
    /// * Returns how often it asked for its turn.
    fn turns_asked_for(patience: usize, routine: fn(&mut Bencher<'_, InTurns>)) -> usize {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let server = thread::spawn(move || {
            let (mut player, _) = listener.accept().unwrap();
            let mut asked = 0;
            while asked < patience && player.read_exact(&mut [0]).is_ok() {
                asked += 1;
                player.write_all(b"\n").unwrap();
            }
            asked
        });
        let home = tempfile::tempdir().unwrap();
        let mut criterion = Criterion::default()
            .with_measurement(InTurns::with(Some(connect(&address).unwrap())))
            .output_directory(home.path())
            .without_plots()
            .warm_up_time(Duration::from_millis(1))
            .measurement_time(Duration::from_millis(2))
            .nresamples(10)
            .sample_size(SAMPLES);
        let mut group = criterion.benchmark_group("turns");
        group.sampling_mode(SamplingMode::Flat);
        group.bench_function("routine", routine);
        group.finish();
        assert!(home.path().join("turns/routine/new/sample.json").is_file(), "all samples were taken");
        drop(criterion);
        server.join().unwrap()
    }

    #[test]
    fn a_turn_is_a_sample_however_it_is_taken() {
        #[track_caller]
        fn check(routine: fn(&mut Bencher<'_, InTurns>)) {
            // One to begin, and one after each sample.
            assert_eq!(turns_asked_for(usize::MAX, routine), 1 + SAMPLES);
        }
        fn work(n: u64) -> u64 {
            (0..n).fold(0, |sum, x| sum ^ std::hint::black_box(x))
        }
        check(|bencher| bencher.iter(|| work(100)));
        check(|bencher| bencher.iter_batched(|| 100, work, BatchSize::PerIteration));
        check(|bencher| bencher.iter_batched(|| 100, work, BatchSize::SmallInput));
        check(|bencher| {
            bencher.iter_custom(|iterations| {
                let begin = Instant::now();
                for _ in 0..iterations {
                    work(100);
                }
                begin.elapsed()
            });
        });
    }

    #[test]
    fn it_goes_on_alone_when_nobody_hands_out_turns_any_more() {
        assert_eq!(turns_asked_for(3, |bencher| bencher.iter(|| std::hint::black_box(7_u64).pow(3))), 3);
    }

    #[test]
    fn it_waits_before_the_first_sample_and_after_each() {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (asked, was_asked) = std::sync::mpsc::channel();
        let (give, given) = std::sync::mpsc::channel();
        let server = thread::spawn(move || {
            let (mut player, _) = listener.accept().unwrap();
            while player.read_exact(&mut [0]).is_ok() {
                asked.send(()).unwrap();
                given.recv().unwrap();
                player.write_all(b"\n").unwrap();
            }
        });
        let measurement = InTurns::with(Some(connect(&address).unwrap()));
        let first = thread::spawn(move || {
            measurement.zero();
            let value = measurement.end(measurement.start());
            let measured = measurement.to_f64(&value);
            (value, measured)
        });
        was_asked.recv().unwrap();
        assert!(!first.is_finished(), "it has no turn yet");
        give.send(()).unwrap();
        was_asked.recv().unwrap();
        assert!(!first.is_finished(), "the turn is the other one's");
        give.send(()).unwrap();
        let (value, measured) = first.join().unwrap();
        assert_eq!(measured, value.as_nanos() as f64);
        server.join().unwrap();
    }

    #[test]
    fn an_address_at_which_nobody_hands_out_turns_is_told() {
        assert_eq!(connect("here").unwrap_err(), "no address; 127.0.0.1:PORT is one");
        let unused = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap();
        assert!(connect(&unused.to_string()).is_err(), "the listener is gone");
    }
}
