use clap::{Args, Subcommand};
use serde_json::json;

use super::{CliError, Global, print};
use crate::platform::clock::rfc3339;
use crate::platform::db::Db;
use crate::platform::events::{DeadLetter, Letters, dead_letters};

/// Look after events that a subscription failed at too often.
#[derive(Subcommand, Debug)]
pub(super) enum Command {
    /// List dead letters, the oldest first
    Dead(Dead),
    /// Deliver dead letters again, then what waits behind them
    Replay(Choice),
    /// Give dead letters up, so that what waits behind them is delivered
    Discard(Choice),
}

#[derive(Args, Debug)]
pub(super) struct Dead {
    /// Only those of this subscription
    #[arg(long, value_name = "NAME")]
    subscription: Option<String>,
    /// How many at most
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

#[derive(Args, Debug)]
pub(super) struct Choice {
    /// The subscription, as `events dead` shows it
    subscription: String,
    /// Positions of the letters, as `events dead` shows them
    #[arg(required_unless_present = "all", conflicts_with = "all")]
    positions: Vec<i64>,
    /// All dead letters of the subscription
    #[arg(long)]
    all: bool,
}

impl Choice {
    fn letters(&self) -> Letters<'_> {
        Letters {
            subscription: &self.subscription,
            positions: &self.positions,
        }
    }
}

pub(super) async fn run(command: Command, global: &Global) -> Result<(), CliError> {
    let app = global.app().await?;
    let done = decide(command, &app.platform.db, global).await;
    app.platform.db.close().await;
    done
}

async fn decide(command: Command, db: &Db, global: &Global) -> Result<(), CliError> {
    match command {
        Command::Dead(filter) => {
            let letters = dead_letters(db, filter.subscription.as_deref(), filter.limit.into());
            let letters = letters.await?;
            let lines: Vec<String> = letters.iter().map(text).collect();
            print(
                global,
                lines.join("\n"),
                &json!({ "dead_letters": letters }),
            );
            Ok(())
        }
        Command::Replay(choice) => {
            let replayed = found(choice.letters().replay(db).await?)?;
            print(
                global,
                format!("replayed: {replayed}"),
                &json!({ "replayed": replayed }),
            );
            Ok(())
        }
        Command::Discard(choice) => {
            let discarded = found(choice.letters().discard(db).await?)?;
            print(
                global,
                format!("discarded: {discarded}"),
                &json!({ "discarded": discarded }),
            );
            Ok(())
        }
    }
}

fn found(letters: u64) -> Result<u64, CliError> {
    match letters {
        0 => Err(
            CliError::not_found("no_dead_letter", "there is no such dead letter")
                .next("`pyairtable events dead` lists them"),
        ),
        letters => Ok(letters),
    }
}

fn text(letter: &DeadLetter) -> String {
    format!(
        "{} {} {} {} {} ({} waiting): {}",
        letter.subscription,
        letter.position,
        rfc3339(letter.failed_at),
        letter.event_type,
        letter.aggregate_id,
        letter.waiting,
        letter.error,
    )
}
