use crate::formats::{Problems, ReadError};
use crate::model::Collision;
use crate::policy::EntryError;
use crate::select::SyntaxError;

/// Why the work could not be done: one or many problems, all told at once.
#[derive(Clone, Debug, Default)]
pub struct Failure {
    messages: Vec<Message>,
    /// How many problems there are besides.
    untold: usize,
}

/// One problem: what is wrong, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Names the thing, says what was found and what was wanted. Lower case, no full stop.
    pub problem: String,
    /// The expression that is meant, and how many characters stand before the place in it.
    pub place: Option<(String, usize)>,
    /// The next step.
    pub next_step: String,
}

impl Failure {
    /// A failure of one problem.
    pub fn new(problem: impl Into<String>, next_step: impl Into<String>) -> Failure {
        Failure::of(vec![Message { problem: problem.into(), place: None, next_step: next_step.into() }])
    }

    /// An expression of the command line that makes no sense, with a caret under the place.
    ///
    /// * `option`: which one, without dashes.
    pub fn of_expression(option: &str, error: &SyntaxError, next_step: impl Into<String>) -> Failure {
        let problem = format!("--{option}: {}", error.problem);
        let place = Some((error.expression.clone(), error.column()));
        Failure::of(vec![Message { problem, place, next_step: next_step.into() }])
    }

    /// All its problems, at least one.
    pub fn messages(&self) -> &[Message] {
        &self.messages
    }

    /// How many problems there are besides those messages.
    pub fn untold(&self) -> usize {
        self.untold
    }

    /// The problems of both.
    pub fn and(mut self, other: Failure) -> Failure {
        self.messages.extend(other.messages);
        self.untold += other.untold;
        self
    }

    /// Files that could not be read, by their names: a directory lists them in any order.
    pub fn of_reading(errors: &[ReadError]) -> Failure {
        let mut errors: Vec<&ReadError> = errors.iter().collect();
        errors.sort_by(|a, b| a.path.cmp(&b.path));
        let message = |error: &ReadError| Message {
            problem: error.to_string(),
            place: None,
            next_step: error.problem.next_step().to_owned(),
        };
        let told_before = |index: usize| errors[..index].iter().any(|error| error.problem == errors[index].problem);
        let is_told = |index: &usize| !errors[*index].problem.is_of_the_whole_run() || !told_before(*index);
        Failure::of((0..errors.len()).filter(is_told).map(|index| message(errors[index])).collect())
    }

    /// The same, of files with more problems than were kept.
    pub fn of_problems(problems: &Problems) -> Failure {
        Failure { untold: problems.untold(), ..Failure::of_reading(problems) }
    }

    fn of(messages: Vec<Message>) -> Failure {
        Failure { messages, untold: 0 }
    }

    /// Budgets that make no sense.
    pub fn of_config(path: &str, errors: &[EntryError]) -> Failure {
        let message = |error: &EntryError| Message {
            problem: format!("{path}:{}: {}", error.line_number, error.problem),
            place: None,
            next_step: error.next_step.clone(),
        };
        Failure::of(errors.iter().map(message).collect())
    }

    /// Results that claim to be the same benchmark.
    pub fn of_collisions(label: &str, collisions: &[Collision]) -> Failure {
        let message = |Collision { id, metric, first, second, counts }: &Collision| Message {
            problem: format!("{label}: {id} {metric} stands in {first} and in {second}"),
            place: None,
            next_step: match counts {
                None => "give each benchmark a name of its own, or compare one of the two".to_owned(),
                Some((one, other)) => format!(
                    "they counted {} and {}, and nobody can say which to compare: name one of the files; if it is not the \
                     same benchmark, give each a name of its own; if it is, its count depends on something (addresses, \
                     hashes, the environment): hold that still and count again",
                    one.per_operation(),
                    other.per_operation()
                ),
            },
        };
        Failure::of(collisions.iter().map(message).collect())
    }
}
