use std::path::{Path, PathBuf};

use git2::build::CheckoutBuilder;
use git2::{ErrorCode, ObjectType, Oid, Repository};

use crate::io::error::Failure;
use crate::policy::did_you_mean;

/// A revision of this repository, by its commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// The full hash, in hexadecimal.
    pub commit: String,
    /// Where the project lies below the top of the repository; empty for the top itself.
    pub project_below: PathBuf,
}

/// Finds a revision (`main`, `HEAD~1`, `v1.2`, a hash) in the repository around `project`.
///
/// # Errors
/// No repository; no such revision; a shallow clone that does not hold it.
pub fn find(project: &Path, revision: &str) -> Result<Revision, Failure> {
    let repository = discover(project)?;
    let object = repository.revparse_single(revision).and_then(|object| object.peel(ObjectType::Commit));
    let commit = object.map_err(|error| unknown(&repository, revision, &error))?.id().to_string();
    let top = repository.workdir().unwrap_or_else(|| repository.path());
    let (top, project) = (real(top), real(project));
    let project_below = project.strip_prefix(&top).map(Path::to_owned).unwrap_or_default();
    Ok(Revision { commit, project_below })
}

/// Writes the files of a revision into `directory`, which has to be empty or missing.
///
/// They are written out plainly, not as a worktree that the repository keeps a list of: a run that is killed leaves
/// nothing behind that `git` would trip over. Submodules are written out too, from what is at hand; one that was
/// never initialised here stays empty, as it is in the working tree. Filters of other programs (LFS) are not applied.
///
/// # Errors
/// What git or the system refused; then nothing is left in `directory`. A submodule lacks its commit. There is no
/// `Cargo.toml` where the project is now: cargo would go on looking above, and build the working tree.
pub fn write_out(project: &Path, revision: &Revision, directory: &Path) -> Result<(), Failure> {
    let repository = discover(project)?;
    std::fs::create_dir_all(directory).map_err(|error| {
        Failure::new(format!("{}: {error}", directory.display()), "check the directory's permissions and space")
    })?;
    let written =
        write_commit(&repository, &revision.commit, directory).and_then(|()| has_manifest(revision, directory));
    if written.is_err() {
        // Half a revision is of no use, and the disk may be full. The error that is told is the first.
        let _ = std::fs::remove_dir_all(directory);
    }
    written
}

/// Submodules of the checkout around `directory` that have no files, as their paths.
pub(super) fn empty_submodules(directory: &Path) -> Vec<String> {
    let Some(top) = directory.ancestors().find(|above| above.join(MODULES).is_file()) else { return Vec::new() };
    let is_empty = |path: &String| {
        let files = std::fs::read_dir(top.join(path));
        files.map_or(true, |mut files| files.next().is_none())
    };
    modules(top).into_iter().map(|module| module.path).filter(is_empty).collect()
}

fn write_commit(repository: &Repository, commit: &str, directory: &Path) -> Result<(), Failure> {
    let refused = |error: git2::Error| {
        let problem = format!("{}: commit {commit} cannot be written out: {}", directory.display(), error.message());
        Failure::new(problem, "check the space on the disk and the directory's permissions; git fsck checks the rest")
    };
    let mut options = CheckoutBuilder::new();
    // The index is that of the user's own checkout: it must not learn of this.
    options.target_dir(directory).force().recreate_missing(true).update_index(false);
    let tree = repository.revparse_single(commit).and_then(|object| object.peel_to_tree()).map_err(refused)?;
    repository.checkout_tree(tree.as_object(), Some(&mut options)).map_err(refused)?;
    for module in modules(directory) {
        let entry = tree.get_path(Path::new(&module.path)).ok();
        if let Some(entry) = entry.filter(|entry| entry.kind() == Some(ObjectType::Commit)) {
            write_submodule(repository, &module, entry.id(), directory)?;
        }
    }
    Ok(())
}

fn write_submodule(above: &Repository, module: &Module, commit: Oid, directory: &Path) -> Result<(), Failure> {
    let repositories: Vec<Repository> = module.repositories(above).collect();
    let Some(repository) = repositories.iter().find(|repository| repository.find_commit(commit).is_ok()) else {
        return match repositories.is_empty() {
            true => Ok(()),
            false => Err(Failure::new(
                format!("the submodule `{}` has no commit {commit} here", module.path),
                format!("git -C {} fetch --all", module.path),
            )),
        };
    };
    write_commit(repository, &commit.to_string(), &directory.join(&module.path))
}

const MODULES: &str = ".gitmodules";

/// A submodule as `.gitmodules` has it.
struct Module {
    name: String,
    path: String,
}

impl Module {
    /// Where its commits may lie: in its own checkout, or in that of a branch that has it.
    fn repositories(&self, above: &Repository) -> impl Iterator<Item = Repository> {
        let checkout = above.workdir().map(|top| top.join(&self.path));
        let kept = [above.path(), above.commondir()].map(|git| git.join("modules").join(&self.name));
        checkout.into_iter().chain(kept).filter_map(|path| Repository::open(path).ok())
    }
}

/// The submodules that the files in `directory` tell of. None whose name or path leads out of it.
fn modules(directory: &Path) -> Vec<Module> {
    let path = directory.join(MODULES);
    let mut modules = Vec::new();
    let Ok(config) = git2::Config::open(&path) else { return modules };
    let Ok(entries) = config.entries(Some(r"^submodule\..*\.path$")) else { return modules };
    let leads_out =
        |text: &str| Path::new(text).components().any(|part| !matches!(part, std::path::Component::Normal(_)));
    // A line that is no UTF-8 names nothing that could be written out here.
    let _ = entries.for_each(|entry| {
        let (Ok(key), Ok(path)) = (entry.name(), entry.value()) else { return };
        let name = key.trim_start_matches("submodule.").trim_end_matches(".path");
        if !leads_out(name) && !leads_out(path) {
            modules.push(Module { name: name.to_owned(), path: path.to_owned() });
        }
    });
    modules
}

fn has_manifest(revision: &Revision, directory: &Path) -> Result<(), Failure> {
    let project = directory.join(&revision.project_below);
    let mut levels = project.ancestors().take_while(|level| level.starts_with(directory));
    if project.is_dir() && levels.any(|level| level.join("Cargo.toml").is_file()) {
        return Ok(());
    }
    let below = match revision.project_below.as_os_str().is_empty() {
        true => "at its top".to_owned(),
        false => format!("in `{}`", revision.project_below.display()),
    };
    Err(Failure::new(
        format!("commit {} has no Cargo project {below}", revision.commit),
        "start from a directory that both revisions have, or compare two executables with --old and --new",
    ))
}

fn discover(project: &Path) -> Result<Repository, Failure> {
    Repository::discover(project).map_err(|error| {
        let next_step = match error.code() {
            ErrorCode::NotFound => {
                "run this inside of a repository, or compare two executables with --old and --new".to_owned()
            }
            ErrorCode::Owner => {
                format!("if you trust it: git config --global --add safe.directory {}", project.display())
            }
            // A clone with --filter fetches files when they are asked for, which only git itself can.
            _ if error.message().contains("partialclone") => "make a clone without --filter".to_owned(),
            _ => "git status tells more".to_owned(),
        };
        let problem = match error.code() {
            ErrorCode::NotFound => "no git repository",
            _ => "the git repository cannot be opened",
        };
        Failure::new(format!("{}: {problem}: {}", project.display(), error.message()), next_step)
    })
}

fn unknown(repository: &Repository, revision: &str, error: &git2::Error) -> Failure {
    let problem = match error.code() {
        ErrorCode::Ambiguous => format!("`{revision}` names several revisions: {}", error.message()),
        _ => format!("there is no revision `{revision}`: {}", error.message()),
    };
    let next_step = match repository.is_shallow() {
        true => {
            "the clone is shallow: git fetch --unshallow; in a workflow of GitHub, fetch-depth: 0 of actions/checkout"
        }
        false => "git log --oneline lists commits, git branch --all branches, git tag tags",
    };
    Failure::new(problem, format!("{}{next_step}", meant(revision, &names(repository))))
}

/// `did you mean` for a revision. A clone of one branch has the others of its remote only: `origin/main` for `main`.
fn meant(revision: &str, names: &[String]) -> String {
    let (name, way) = revision.split_at(revision.find(['~', '^', '@', ':']).unwrap_or(revision.len()));
    let is_remote = |known: &&String| known.rsplit_once('/').is_some_and(|(_, last)| last == name);
    match names.iter().find(is_remote) {
        Some(remote) => format!("did you mean `{remote}{way}`? "),
        None if names.iter().any(|known| known == name) => String::new(),
        None => did_you_mean(name, names.iter().map(String::as_str)),
    }
}

/// All branches and tags, sorted; none of those that git cannot list.
fn names(repository: &Repository) -> Vec<String> {
    let short = |reference: git2::Reference| reference.shorthand().ok().map(str::to_owned);
    let references = repository.references().into_iter().flatten().filter_map(Result::ok);
    let mut names: Vec<String> = references.filter_map(short).filter(|name| !name.ends_with("/HEAD")).collect();
    names.sort();
    names.dedup();
    names
}

fn real(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_owned())
}
