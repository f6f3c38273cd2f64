use std::path::Path;

use git2::build::CheckoutBuilder;
use git2::{ObjectType, Oid, Repository};

use crate::io::error::Failure;
use crate::io::git::{Revision, discover};

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
