//! Random interleavings of three owners over real tables, with the invariants looked at after every step.

mod invariants;
mod world;

use pyairtable::platform::db::Dialect;
use world::{Answer, World};

use super::script::Bench;

/// Seeds in the usual suite; `MODEL_SEEDS` asks for more. A server takes longer for each than a file in memory.
const SEEDS: u64 = 500;
const SEEDS_ON_A_SERVER: u64 = 200;
const STEPS: usize = 18;
/// Seeds that share a database, which every step looks through as a whole.
const IN_ONE_DATABASE: usize = 50;

/// Numbers that a seed decides.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

#[tokio::test]
async fn no_interleaving_of_owners_crashes_and_signals_breaks_an_invariant() {
    every_other_seed(0).await;
}

// The seeds are shared by two tests, which the test program runs at the same time.
#[tokio::test]
async fn nor_does_any_other_interleaving() {
    every_other_seed(1).await;
}

async fn every_other_seed(first: u64) {
    let mut bench = Bench::in_memory().await;
    let usual = match bench.app.platform.db.dialect() {
        Dialect::Sqlite => SEEDS,
        Dialect::Postgres => SEEDS_ON_A_SERVER,
    };
    let seeds = std::env::var("MODEL_SEEDS").map_or(usual, |text| text.parse().unwrap());
    let mut totals = [0_usize; 3];
    for (number, seed) in (first..seeds).step_by(2).enumerate() {
        if number > 0 && number.is_multiple_of(IN_ONE_DATABASE) {
            bench = Bench::in_memory().await;
        }
        let mut world = World::new(&bench, seed).await;
        for number in 0..STEPS {
            let story = world.step().await;
            world
                .check(&format!("seed {seed}, step {number}: {story}"))
                .await;
        }
        let ended = world.end(&format!("seed {seed}, at the end")).await;
        for (total, one) in totals.iter_mut().zip(ended) {
            *total += one;
        }
    }
    let [completed, compensated, held] = totals;
    // A model in which nothing happens proves nothing.
    assert!(
        completed > 0 && compensated > 0,
        "{completed} completed, {compensated} compensated, {held} held"
    );
}

impl World<'_> {
    async fn step(&mut self) -> String {
        let owner = self.dice.below(3);
        let run = self.dice.below(4);
        let number = self.dice.below(100);
        match number {
            0..25 => self.claim(owner).await,
            25..55 => {
                let answers = [
                    Answer::Well,
                    Answer::Well,
                    Answer::Well,
                    Answer::Lost,
                    Answer::Failed,
                ];
                let answer = answers[self.dice.below(answers.len())];
                self.answer(answer).await;
            }
            55..63 => self.kill(owner).await,
            63..71 => self.pass(36).await,
            71..80 => self.pass(3).await,
            80..85 => self.beat(owner).await,
            85..92 => self.signal(run).await,
            92..95 => self.cancel(run).await,
            _ => self.start().await,
        }
        format!("{number} owner {owner} run {run}")
    }
}
