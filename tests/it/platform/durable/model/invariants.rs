use std::collections::BTreeMap;

use pyairtable::platform::durable::{Entry, Journal, Role, Run, RunState, StepState};
use pyairtable::platform::ids::RunId;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::Value;

use super::world::World;

impl World<'_> {
    /// All runs; the steps and the history of those alone that have new history since the last look.
    async fn read(&mut self) -> Vec<(Run, Journal, Vec<Entry>)> {
        let tx = self.bench.app.platform.db.read(self.tenant).await.unwrap();
        let durable = &self.bench.app.platform.durable;
        let mut read = Vec::new();
        for &run in &self.runs {
            let found = durable.find(&tx, run).await.unwrap();
            let known = self.known.get(&run).filter(|(seq, ..)| *seq == found.seq);
            let (journal, history) = match known {
                Some((_, journal, history)) => (journal.clone(), history.clone()),
                None => (
                    durable.journal(&tx, run).await.unwrap(),
                    durable.history(&tx, run).await.unwrap(),
                ),
            };
            let known = (found.seq, journal.clone(), history.clone());
            self.known.insert(run, known);
            read.push((found, journal, history));
        }
        read
    }

    /// What must hold after every step.
    pub(super) async fn check(&mut self, place: &str) {
        for (run, journal, history) in self.read().await {
            if let Some(ended) = self.ended.get(&run.id) {
                assert_eq!(run.state, *ended, "I4 {place}");
            } else if run.state.is_terminal() {
                self.ended.insert(run.id, run.state);
            }
            let is_cared_for = run.is_leased || run.due.is_some() || run.waits_for.is_some();
            let may_rest = run.state.is_terminal() || run.state == RunState::NeedsAttention;
            assert!(is_cared_for || may_rest, "I5 {place}: {run:?}");
            assert!(!run.is_leased || !may_rest, "I5 {place}: {run:?}");
            let earlier = self.epochs.insert(run.id, run.epoch).unwrap_or(0);
            assert!(run.epoch >= earlier, "I6 {place}");
            let numbers: Vec<i64> = history.iter().map(|entry| entry.seq).collect();
            assert_eq!(numbers, (1..=run.seq).collect::<Vec<_>>(), "I7 {place}");
            assert!(
                history.is_sorted_by_key(|entry| entry.epoch),
                "I6 {place}: {history:?}"
            );
            for step in journal.steps() {
                let is_done = step.state == StepState::Done;
                let lacks_undo = step.plan.role == Role::Compensatable && step.plan.undo.is_none();
                assert!(!(is_done && lacks_undo), "I9 {place}");
            }
            self.check_effects(place, run.id, &journal, &history);
        }
        let doubled = self
            .outside
            .arrived
            .lock()
            .unwrap()
            .iter()
            .find_map(|(key, times)| {
                // Who deduplicates by our key may be sent it again.
                let is_keyed = key.contains("/e2/");
                (*times > 1 && !is_keyed).then(|| format!("{key} {times} times"))
            });
        assert_eq!(doubled, None, "I2 {place}");
    }

    fn check_effects(&self, place: &str, run: RunId, journal: &Journal, history: &[Entry]) {
        let arrived = self.outside.arrived.lock().unwrap();
        for key in arrived.keys().filter(|key| key.contains(&run.to_string())) {
            let path = key.split('/').nth(2).unwrap();
            let has_intent = history.iter().any(|entry| {
                entry.what == "step_intent" && entry.step.as_ref().is_some_and(|(at, _)| at == path)
            });
            assert!(has_intent, "I8 {place}: {key}");
            assert!(
                journal.step(path, 0).is_some_and(|step| step.key == *key),
                "I8 {place}: {key}"
            );
        }
    }

    pub(super) async fn is_at_rest(&mut self) -> bool {
        let runs = self.read().await;
        runs.iter()
            .all(|(run, ..)| run.state.is_terminal() || run.state == RunState::NeedsAttention)
    }

    /// What must hold when all has ended: nothing lost, nothing left behind, events without a gap.
    pub(super) async fn check_outcomes(&mut self, place: &str) -> [usize; 3] {
        let mut totals = [0; 3];
        self.known.clear();
        let arrived = self.outside.arrived.lock().unwrap().clone();
        let undone = self.outside.undone.lock().unwrap().clone();
        for (run, journal, _) in self.read().await {
            match run.state {
                RunState::Completed => {
                    totals[0] += 1;
                    for step in journal
                        .steps()
                        .filter(|step| step.plan.role != Role::Neutral)
                    {
                        assert!(arrived.contains_key(&step.key), "I1 {place}: {}", step.key);
                    }
                }
                RunState::Compensated => {
                    totals[1] += 1;
                    for step in journal
                        .steps()
                        .filter(|step| step.plan.role == Role::Compensatable)
                    {
                        let is_back =
                            undone.contains(&step.key) || !arrived.contains_key(&step.key);
                        assert!(is_back, "I1 {place}: {} is left behind", step.key);
                    }
                }
                _ => totals[2] += 1,
            }
        }
        self.check_events(place).await;
        totals
    }

    async fn check_events(&mut self, place: &str) {
        let tx = self.bench.app.platform.db.read(self.tenant).await.unwrap();
        let select = Statement::from_sql_and_values(
            tx.conn().get_database_backend(),
            "SELECT aggregate_id, payload FROM event_log WHERE tenant_id = $1 AND aggregate_type = 'run' ORDER BY seq",
            [self.tenant.to_string().into()],
        );
        let mut newest: BTreeMap<String, i64> = BTreeMap::new();
        for row in tx.conn().query_all_raw(select).await.unwrap() {
            let run: String = row.try_get("", "aggregate_id").unwrap();
            let payload: String = row.try_get("", "payload").unwrap();
            let payload: Value = serde_json::from_str(&payload).unwrap();
            let last = newest.entry(run).or_default();
            assert_eq!(
                payload["first"],
                *last + 1,
                "I7 {place}: an event is missing"
            );
            *last = payload["last"].as_i64().unwrap();
        }
        drop(tx);
        for (run, ..) in self.read().await {
            assert_eq!(newest[&run.id.to_string()], run.seq, "I7 {place}");
        }
    }
}
