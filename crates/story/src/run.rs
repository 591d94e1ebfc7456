//! Goes through a story, step by step.

use std::collections::BTreeMap;

use platform::Clock;
use serde_json::{Map, Value};

use crate::{
    Action, ClientError, Journal, JournalError, Mismatch, Request, Step, Story, Variables, VariablesError,
    client::{Client, Ready},
};

/// Something the stage could not do.
pub type StageError = Box<dyn std::error::Error + Send + Sync>;

/// The world in which a story plays: blocks that can be reached, and hands for what no client can do.
pub trait Stage {
    /// Where people and applications reach a block, e.g. `http://127.0.0.1:8800`.
    fn base_url(&self, block: &str) -> Option<String>;

    /// Configures, starts, creates: whatever the step's goal says. Doing it twice must do no harm.
    fn operate(
        &mut self,
        step: &Step,
        goal: &str,
        parameters: &Map<String, Value>,
        variables: &mut Variables,
    ) -> impl Future<Output = Result<(), StageError>>;

    /// Runs a batch once.
    fn batch(&mut self, block: &str, name: &str) -> impl Future<Output = Result<(), StageError>>;
}

/// Hears what happens.
pub trait Observer {
    fn begins(&mut self, _step: &Step) {}
    fn ended(&mut self, _step: &Step, _outcome: &Outcome) {}
}

impl Observer for () {}

/// How a step ended.
#[derive(Debug)]
pub enum Outcome {
    Done,
    /// The journal or the platform says that it was done before.
    DoneBefore,
    /// Refused as it must be, but with another status than the story names.
    RefusedDifferently {
        expected: Vec<u16>,
        found: u16,
    },
    /// An optional step that did not work out.
    LeftOut(String),
    Failed(String),
}

/// Why a story does not go on.
#[derive(Debug, thiserror::Error)]
pub enum StoryError {
    #[error("step {step} ({title}): {cause}")]
    Step { step: String, title: String, cause: StepFailure },
    #[error(transparent)]
    Journal(#[from] JournalError),
    #[error("the HTTP client cannot be made")]
    Client(#[from] reqwest::Error),
}

#[derive(Debug, thiserror::Error)]
pub enum StepFailure {
    #[error(transparent)]
    Mismatch(#[from] Mismatch),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Stage(StageError),
    #[error("the block {0:?} cannot be reached")]
    NoBlock(String),
    #[error("it must be refused, but was answered {status}: {body}")]
    NotRefused { status: u16, body: String },
    #[error("nobody logged in as {0:?} before")]
    NoLogin(String),
}

impl From<VariablesError> for StepFailure {
    fn from(error: VariablesError) -> Self {
        Self::Mismatch(error.into())
    }
}

/// How far to go, and what to do about failures.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The story ends before the first step whose phase begins with one of these.
    pub stop_before: Vec<String>,
    /// Goes on after a failed step; the report counts it.
    pub keep_going: bool,
}

/// What came of a story.
#[derive(Debug, Default)]
pub struct Report {
    pub variables: Variables,
    pub done: usize,
    pub done_before: usize,
    pub left_out: Vec<String>,
    /// Steps refused with another status than expected, with both.
    pub refused_differently: Vec<String>,
    pub failed: Vec<String>,
}

/// Runs a story to its end, or to where the options say. What the journal holds is not done again.
pub async fn run(
    story: &Story,
    stage: &mut impl Stage,
    journal: &mut Journal,
    options: &Options,
    observer: &mut dyn Observer,
) -> Result<Report, StoryError> {
    let mut variables = Variables::new(story.variables.clone());
    for (name, value) in journal.variables() {
        variables.set(name.clone(), value.clone());
    }
    let resumed = !journal.is_empty();
    let mut telling = Telling {
        stage,
        client: Client::new()?,
        clock: Clock::system(),
        variables,
        logins: BTreeMap::new(),
        asks_first: resumed,
    };
    let mut report = Report::default();
    for step in &story.steps {
        if options.stop_before.iter().any(|phase| step.phase.starts_with(phase)) {
            break;
        }
        telling.remember_login(step);
        if journal.has(&step.id) {
            report.done_before += 1;
            observer.ended(step, &Outcome::DoneBefore);
            continue;
        }
        observer.begins(step);
        let ended = telling.tell(step).await;
        telling.asks_first = false;
        let outcome = match ended {
            Ok((outcome, captured)) => {
                journal.write(&step.id, captured)?;
                outcome
            }
            Err(failure) if step.optional => Outcome::LeftOut(failure.to_string()),
            Err(failure) if options.keep_going => Outcome::Failed(failure.to_string()),
            Err(cause) => {
                observer.ended(step, &Outcome::Failed(cause.to_string()));
                return Err(StoryError::Step { step: step.id.clone(), title: step.title.clone(), cause });
            }
        };
        observer.ended(step, &outcome);
        report.note(step, outcome);
    }
    report.variables = telling.variables;
    Ok(report)
}

impl Report {
    fn note(&mut self, step: &Step, outcome: Outcome) {
        match outcome {
            Outcome::Done => self.done += 1,
            Outcome::DoneBefore => self.done_before += 1,
            Outcome::RefusedDifferently { expected, found } => {
                self.done += 1;
                self.refused_differently.push(format!("{}: {found} instead of {expected:?}", step.id));
            }
            Outcome::LeftOut(why) => self.left_out.push(format!("{}: {why}", step.id)),
            Outcome::Failed(why) => self.failed.push(format!("{}: {why}", step.id)),
        }
    }
}

type Told = Result<(Outcome, Map<String, Value>), StepFailure>;

/// A story being told.
struct Telling<'s, S> {
    stage: &'s mut S,
    client: Client,
    clock: Clock,
    variables: Variables,
    /// The newest login of each session name, for whoever is needed again after a kill.
    logins: BTreeMap<String, (String, Request)>,
    /// Whether the next step may have been done just before a kill.
    asks_first: bool,
}

impl<S: Stage> Telling<'_, S> {
    fn remember_login(&mut self, step: &Step) {
        if let Action::Call(request) = &step.action
            && let Some(session) = &request.save_session
        {
            self.logins.insert(session.clone(), (step.block.clone(), request.clone()));
        }
    }

    async fn tell(&mut self, step: &Step) -> Told {
        match &step.action {
            Action::Operate { goal, parameters } => {
                let parameters =
                    self.variables.fill_json(&Value::Object(parameters.clone()), self.clock.now())?;
                let parameters = parameters.as_object().cloned().unwrap_or_default();
                let done = self.stage.operate(step, goal, &parameters, &mut self.variables).await;
                done.map_err(StepFailure::Stage)?;
                Ok((Outcome::Done, Map::new()))
            }
            Action::Batch(name) => {
                self.stage.batch(&step.block, name).await.map_err(StepFailure::Stage)?;
                Ok((Outcome::Done, Map::new()))
            }
            Action::Call(request) => self.call(step, request).await,
            Action::Refused(request) => self.refused(step, request).await,
        }
    }

    async fn call(&mut self, step: &Step, request: &Request) -> Told {
        if self.asks_first
            && let Some(done) = &step.done_if
            && let Ok(captured) = self.ask(&done.block, &done.request).await
        {
            return Ok((Outcome::DoneBefore, captured));
        }
        let captured = self.ask(&step.block, request).await?;
        Ok((Outcome::Done, captured))
    }

    /// Makes a call that must bring what is expected, and remembers what it captures.
    async fn ask(&mut self, block: &str, request: &Request) -> Result<Map<String, Value>, StepFailure> {
        let reply = self.send(block, request).await?;
        reply.status_fits(request)?;
        let captured = reply.examine(request, &self.variables, self.clock.now())?;
        for (name, value) in &captured {
            self.variables.set(name.clone(), value.clone());
        }
        Ok(captured.into_iter().collect())
    }

    async fn refused(&mut self, step: &Step, request: &Request) -> Told {
        let reply = self.send(&step.block, request).await?;
        let found = reply.status;
        let expected = request.expect.status.clone();
        if expected.contains(&found) || (expected.is_empty() && (400..500).contains(&found)) {
            return Ok((Outcome::Done, Map::new()));
        }
        if (400..500).contains(&found) {
            return Ok((Outcome::RefusedDifferently { expected, found }, Map::new()));
        }
        Err(StepFailure::NotRefused { status: found, body: reply.text.chars().take(500).collect() })
    }

    async fn send(&mut self, block: &str, request: &Request) -> Result<crate::expect::Reply, StepFailure> {
        if let Some(session) = &request.session
            && !self.client.has(session)
        {
            let (block, login) =
                self.logins.get(session).cloned().ok_or_else(|| StepFailure::NoLogin(session.clone()))?;
            let ready = self.ready(&block, &login)?;
            let reply = self.client.send(ready, None, Some(session)).await?;
            reply.status_fits(&login)?;
        }
        let ready = self.ready(block, request)?;
        Ok(self.client.send(ready, request.session.as_deref(), request.save_session.as_deref()).await?)
    }

    fn ready(&self, block: &str, request: &Request) -> Result<Ready, StepFailure> {
        let now = self.clock.now();
        let fill = |text: &str| self.variables.fill(text, now);
        let headers = request.headers.iter().map(|(name, value)| {
            Ok::<_, VariablesError>((name.clone(), value.as_deref().map(fill).transpose()?))
        });
        Ok(Ready {
            method: request.method.clone(),
            base: self.stage.base_url(block).ok_or_else(|| StepFailure::NoBlock(block.to_owned()))?,
            path: fill(&request.path)?,
            headers: headers.collect::<Result<_, _>>()?,
            body: request.body.as_ref().map(|body| self.variables.fill_json(body, now)).transpose()?,
        })
    }
}
