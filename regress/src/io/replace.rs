use std::fs::File;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::error::Failure;

/// A file that is being written. What stood there before stays until the new one is whole, who may read and write it stays.
///
/// What is no regular file (a device, a pipe, what a shell makes of `>(…)`) is written into as it is.
#[derive(Debug)]
pub struct NewFile {
    path: PathBuf,
    /// Where it lies, whatever it was called; `None` for a stream or a device, which takes several.
    place: Option<PathBuf>,
    mode: Mode,
    sink: Sink,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Replace,
    Append,
}

#[derive(Debug)]
enum Sink {
    Replacement { of: PathBuf, file: NamedTempFile },
    Into(File),
    Stdout,
    Stderr,
}

impl NewFile {
    /// Begins a file, so that what forbids it is known before the work is done. Its directory is made.
    ///
    /// # Errors
    /// What the system refused, with the file's name.
    pub fn begin(path: &Path) -> Result<NewFile, Failure> {
        NewFile::new(path, Mode::Replace)
    }

    /// Begins what is to stand behind whatever the file holds.
    ///
    /// # Errors
    /// As for [`begin`](Self::begin).
    pub fn begin_behind(path: &Path) -> Result<NewFile, Failure> {
        NewFile::new(path, Mode::Append)
    }

    fn new(path: &Path, mode: Mode) -> Result<NewFile, Failure> {
        let begun = Place::of(path).and_then(|place| {
            let file = if let Place::File(file) = &place { Some(file.clone()) } else { None };
            let sink = begin(place, mode)?;
            let file = file.map(|file| {
                Ok::<_, std::io::Error>(directory_of(&file).canonicalize()?.join(file.file_name().unwrap_or_default()))
            });
            Ok((sink, file.transpose()?))
        });
        let (sink, place) = begun.map_err(|error| refused(path, &error))?;
        Ok(NewFile { path: path.to_owned(), place, mode, sink })
    }

    /// Whether one of the two would take the place of the other.
    pub fn is_in_the_way_of(&self, other: &NewFile) -> bool {
        let appended = self.mode == Mode::Append && other.mode == Mode::Append;
        self.place.is_some() && self.place == other.place && !appended
    }

    /// Refuses to be written over what it was made from.
    ///
    /// # Errors
    /// One of these paths, from the current directory, is this file.
    pub fn spare<'p>(&self, inputs: impl Iterator<Item = &'p str>) -> Result<(), Failure> {
        let Some(place) = &self.place else { return Ok(()) };
        let is_this = |input: &&str| {
            let input = Path::new(input);
            // There may be ten thousands of inputs, and hardly one has the name.
            input.file_name() == place.file_name() && input.canonicalize().is_ok_and(|input| input == *place)
        };
        match { inputs }.find(is_this) {
            None => Ok(()),
            Some(input) => Err(Failure::new(
                format!("{}: would be written over {input}, which it is made from", self.path.display()),
                "give it a name of its own",
            )),
        }
    }

    /// All of it.
    ///
    /// # Errors
    /// What the system refused, with the file's name; a regular file is as before then.
    pub fn finish(self, bytes: &[u8]) -> Result<(), Failure> {
        self.sink.finish(bytes).map_err(|error| refused(&self.path, &error))
    }
}

/// Writes a file: all of it or nothing.
///
/// # Errors
/// What the system refused, with the file's name.
pub(super) fn file(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    NewFile::begin(path)?.finish(bytes)
}

/// What a path leads to, for whoever writes there.
#[derive(Debug, PartialEq, Eq)]
enum Place {
    /// A regular file, there or not; behind all links.
    File(PathBuf),
    /// Something else, which is to stay what it is.
    Other(PathBuf),
    Stdout,
    Stderr,
}

impl Place {
    fn of(path: &Path) -> std::io::Result<Place> {
        /// As many links as Linux follows.
        const LINKS_MAX: u32 = 40;
        let mut path = path.to_owned();
        for _ in 0..=LINKS_MAX {
            if let Some(place) = Place::of_descriptor(&path) {
                return Ok(place);
            }
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_dir() => return Err(ErrorKind::IsADirectory.into()),
                Ok(metadata) if !metadata.is_file() => return Ok(Place::Other(path)),
                Ok(_) | Err(_) => {}
            }
            let Ok(target) = std::fs::read_link(&path) else { return Ok(Place::File(path)) };
            path = directory_of(&path).join(target);
        }
        Err(std::io::Error::other("its symbolic links lead in a circle"))
    }

    /// Behind these there may be a regular file: one that this process, or another, has open and goes on to write.
    fn of_descriptor(path: &Path) -> Option<Place> {
        if !cfg!(unix) {
            return None;
        }
        let directories = ["/dev/fd", "/proc/self/fd"].map(Path::new);
        let is = |descriptor: &str| directories.iter().any(|directory| path == directory.join(descriptor));
        match path {
            _ if is("1") || path == Path::new("/dev/stdout") => Some(Place::Stdout),
            _ if is("2") || path == Path::new("/dev/stderr") => Some(Place::Stderr),
            _ if directories.contains(&directory_of(path)) => Some(Place::Other(path.to_owned())),
            _ => None,
        }
    }
}

fn begin(place: Place, mode: Mode) -> std::io::Result<Sink> {
    match place {
        Place::File(of) if mode == Mode::Append => {
            std::fs::create_dir_all(directory_of(&of))?;
            Ok(Sink::Into(File::options().append(true).create(true).open(of)?))
        }
        Place::Stdout => Ok(Sink::Stdout),
        Place::Stderr => Ok(Sink::Stderr),
        Place::Other(path) => Ok(Sink::Into(File::options().append(true).open(path)?)),
        Place::File(of) => {
            let directory = directory_of(&of);
            std::fs::create_dir_all(directory)?;
            let file = tempfile::Builder::new().prefix(".regress").tempfile_in(directory)?;
            Ok(Sink::Replacement { of, file })
        }
    }
}

impl Sink {
    fn finish(self, bytes: &[u8]) -> std::io::Result<()> {
        match self {
            Sink::Replacement { of, mut file } => {
                file.write_all(bytes)?;
                file.as_file().sync_all()?;
                match std::fs::metadata(&of) {
                    Ok(before) => file.as_file().set_permissions(before.permissions())?,
                    Err(_) => make_readable_by_all(file.as_file())?,
                }
                file.persist(of).map_err(|error| error.error)?;
                Ok(())
            }
            Sink::Into(mut file) => file.write_all(bytes),
            Sink::Stdout => write_out(&mut std::io::stdout().lock(), bytes),
            Sink::Stderr => write_out(&mut std::io::stderr().lock(), bytes),
        }
    }
}

fn write_out(out: &mut dyn Write, bytes: &[u8]) -> std::io::Result<()> {
    out.write_all(bytes)?;
    out.flush()
}

fn directory_of(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn refused(path: &Path, error: &std::io::Error) -> Failure {
    Failure::new(
        format!("{}: cannot be written: {error}", path.display()),
        "check the directory's permissions and the space on the disk",
    )
}

/// A temporary file is its owner's alone; what is kept is to be read by everyone who may read the directory.
#[cfg(unix)]
fn make_readable_by_all(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn make_readable_by_all(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{FileTypeExt, symlink};

    use super::*;

    #[test]
    fn a_pipe_is_written_into_and_stays_a_pipe() {
        let directory = tempfile::tempdir().unwrap();
        let pipe = directory.path().join("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).unwrap()
        });
        file(&pipe, b"report").unwrap();
        // First: while another file stands in its place, the reader waits for ever.
        assert!(std::fs::metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(reader.join().unwrap(), b"report");
    }

    #[test]
    fn a_link_stays_a_link() {
        #[track_caller]
        fn check(links: &[(&str, &str)], written: &str, expected: Result<&str, &str>) {
            let directory = tempfile::tempdir().unwrap();
            let at = |name: &str| directory.path().join(name);
            std::fs::create_dir(at("below")).unwrap();
            std::fs::write(at("below/old"), "old").unwrap();
            links.iter().for_each(|(from, to)| symlink(to, at(from)).unwrap());
            let problem = file(&at(written), b"new").map_err(|failure| failure.messages()[0].problem.clone());
            match (problem, expected) {
                (Ok(()), Ok(name)) => assert_eq!(std::fs::read(at(name)).unwrap(), b"new"),
                (Err(problem), Err(expected)) => assert!(problem.ends_with(expected), "{problem}"),
                (found, _) => panic!("{found:?}"),
            }
            let is_link = |(from, _): &(&str, &str)| at(from).symlink_metadata().unwrap().is_symlink();
            assert!(links.iter().all(is_link));
            let is_left = |name: std::ffi::OsString| name.to_string_lossy().starts_with(".regress");
            assert!(!std::fs::read_dir(directory.path()).unwrap().any(|entry| is_left(entry.unwrap().file_name())));
        }
        check(&[("link", "below/old")], "link", Ok("below/old"));
        check(&[("link", "below/link"), ("below/link", "old")], "link", Ok("below/old"));
        check(&[("link", "below/none")], "link", Ok("below/none"));
        check(&[("link", "nowhere/none")], "link", Ok("nowhere/none"));
        check(&[("to", "fro"), ("fro", "to")], "to", Err("its symbolic links lead in a circle"));
        check(&[("link", "below")], "link", Err("is a directory"));
    }

    #[test]
    fn who_may_read_a_file_may_read_what_takes_its_place() {
        use std::os::unix::fs::PermissionsExt;
        #[track_caller]
        fn check(before: Option<u32>, expected: u32) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("report.md");
            if let Some(mode) = before {
                std::fs::write(&path, "old").unwrap();
                std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
            }
            file(&path, b"new").unwrap();
            assert_eq!(std::fs::read(&path).unwrap(), b"new");
            assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, expected, "{before:?}");
        }
        check(None, 0o644);
        check(Some(0o600), 0o600);
        check(Some(0o664), 0o664);
        check(Some(0o755), 0o755);
    }

    #[test]
    fn open_streams_and_devices_are_no_files_to_replace() {
        #[track_caller]
        fn check(path: &str, expected: Place) {
            assert_eq!(Place::of(Path::new(path)).unwrap(), expected, "{path}");
        }
        check("/dev/stdout", Place::Stdout);
        check("/dev/fd/1", Place::Stdout);
        check("/dev/stderr", Place::Stderr);
        check("/dev/fd/63", Place::Other("/dev/fd/63".into()));
        check("/dev/null", Place::Other("/dev/null".into()));
        check("none.json", Place::File("none.json".into()));
    }

    /// A device that is always full.
    #[cfg(target_os = "linux")]
    #[test]
    fn what_a_device_refuses_is_told() {
        let directory = tempfile::tempdir().unwrap();
        let link = directory.path().join("full");
        symlink("/dev/full", &link).unwrap();
        let failure = file(&link, b"report").unwrap_err();
        assert!(failure.messages()[0].problem.contains("/full: cannot be written: "), "{failure:?}");
    }
}
