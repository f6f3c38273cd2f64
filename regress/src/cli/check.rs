use std::io::Write;

use super::args::CheckArgs;
use super::compare::Desk;
use super::{Exit, Stop};
use crate::compare;
use crate::io::{Reader, SideSpec};

pub(super) fn run(args: &CheckArgs, out: &mut dyn Write) -> Result<Exit, Stop> {
    let desk = Desk::set_up(&args.look)?;
    let new = Reader::new(&desk.project).with_units(&desk.settings.units).read(&SideSpec::new(&args.run))?;
    let selector = desk.selector(&[&new])?;
    let comparisons = compare::survey(&*selector.of(&new)?, &desk.settings.options);
    desk.judge_and_print(None, new, comparisons, out)
}
