//! Random change sets over every writable type, undone.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::world::{World, id_of, last_change, undo};
use crate::support::Actor;

/// Change sets of one run; a full run (1,000) takes about a minute.
fn sets() -> usize {
    let wanted = std::env::var("UNDO_SETS").ok();
    wanted.map_or(120, |text| text.parse().unwrap())
}

/// A linear congruential generator: a failing seed fails again.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from((self.0 >> 33) % sides as u64).unwrap()
    }

    fn some<T: Clone>(&mut self, from: &[T], most: usize) -> Vec<T> {
        let mut picked = BTreeSet::new();
        for _ in 0..self.roll(most + 1) {
            if !from.is_empty() {
                picked.insert(self.roll(from.len()));
            }
        }
        picked.into_iter().map(|at| from[at].clone()).collect()
    }
}

struct Lab {
    world: World,
    dice: Dice,
}

const TEXTS: [&str; 5] = ["", "plain", "quote \" and \\", "zwei\nZeilen", "🚀 emoji"];

impl Lab {
    async fn new(seed: u64) -> Self {
        let world = World::new().await;
        let table = world.fixture.table_id("Tasks").await;
        let date_time = json!({"timeZone": "utc", "dateFormat": {"name": "iso"}, "timeFormat": {"name": "24hour"}});
        for (name, kind, options) in [
            ("Notes", "multilineText", Value::Null),
            ("Rich", "richText", Value::Null),
            ("Mail", "email", Value::Null),
            ("Site", "url", Value::Null),
            ("Phone", "phoneNumber", Value::Null),
            ("Money", "currency", json!({"precision": 2, "symbol": "€"})),
            ("Share", "percent", json!({"precision": 0})),
            ("Time", "duration", json!({"durationFormat": "h:mm:ss"})),
            (
                "Stars",
                "rating",
                json!({"max": 5, "icon": "star", "color": "yellowBright"}),
            ),
            ("At", "dateTime", date_time),
            ("Code", "barcode", Value::Null),
            ("Files", "multipleAttachments", Value::Null),
            ("Who", "singleCollaborator", Value::Null),
            ("Team", "multipleCollaborators", Value::Null),
            (
                "Parts",
                "multipleRecordLinks",
                json!({"linkedTableId": table}),
            ),
        ] {
            let mut field = json!({"name": name, "type": kind});
            if !options.is_null() {
                field["options"] = options;
            }
            world.fixture.add_field(field).await.expect(200);
        }
        let mut lab = Self {
            world,
            dice: Dice(seed),
        };
        for _ in 0..3 {
            lab.create().await;
            lab.world
                .fixture
                .create("People", json!({"Name": "Somebody"}))
                .await;
        }
        lab
    }

    async fn ids(&self, table: &str) -> Vec<String> {
        let records = self.world.records(table).await;
        let records = records.as_array().unwrap().iter();
        records
            .map(|record| record["id"].as_str().unwrap().to_owned())
            .collect()
    }

    fn cells(&mut self, user: &str, people: &[String], tasks: &[String]) -> Map<String, Value> {
        let dice = &mut self.dice;
        let text = |dice: &mut Dice| json!(TEXTS[dice.roll(TEXTS.len())]);
        let mut cells = Map::new();
        for name in ["Name", "Notes", "Rich", "Mail", "Site", "Phone"] {
            cells.insert(name.to_owned(), text(dice));
        }
        let half = |dice: &mut Dice| json!(dice.roll(100) as f64 / 2.0);
        for name in ["Hours", "Money", "Time"] {
            cells.insert(name.to_owned(), half(dice));
        }
        cells.insert("Share".to_owned(), json!(dice.roll(100) as f64 / 100.0));
        cells.insert("Stars".to_owned(), json!(1 + dice.roll(5)));
        cells.insert("Done".to_owned(), json!(dice.roll(2) == 0));
        cells.insert(
            "Due".to_owned(),
            json!(format!("2026-02-{:02}", 1 + dice.roll(28))),
        );
        cells.insert(
            "At".to_owned(),
            json!(format!("2026-02-03T{:02}:30:00.000Z", dice.roll(24))),
        );
        let status = dice.some(&["Todo", "Doing", "Archived"], 1);
        cells.insert("Status".to_owned(), json!(status.first()));
        let tags = dice.some(&["home", "blue"], 2);
        cells.insert("Tags".to_owned(), json!(tags));
        cells.insert(
            "Code".to_owned(),
            json!({"text": format!("{}", dice.roll(1000)), "type": "ean8"}),
        );
        let file = json!({"url": format!("https://example.org/{}.png", dice.roll(50)), "filename": "a.png"});
        cells.insert("Files".to_owned(), json!([file]));
        cells.insert("Who".to_owned(), json!({"id": user}));
        cells.insert("Team".to_owned(), json!([{"id": user}]));
        cells.insert("Owner".to_owned(), json!(dice.some(people, 3)));
        cells.insert("Parts".to_owned(), json!(dice.some(tasks, 2)));
        for (name, cell) in &mut cells {
            let is_left_empty = name != "Name" && dice.roll(4) == 0;
            if is_left_empty {
                *cell = Value::Null;
            }
        }
        let keep = 1 + dice.roll(cells.len());
        while cells.len() > keep {
            let name = cells.keys().nth(dice.roll(cells.len())).unwrap().clone();
            cells.remove(&name);
        }
        cells
    }

    async fn user(&self) -> String {
        let me = self
            .world
            .owner()
            .get("/api/auth/me")
            .await
            .expect(200)
            .json;
        me["user"]["id"].as_str().unwrap().to_owned()
    }

    async fn create(&mut self) {
        let (user, people, tasks) = (
            self.user().await,
            self.ids("People").await,
            self.ids("Tasks").await,
        );
        let count = 1 + self.dice.roll(6);
        let records: Vec<Value> = (0..count)
            .map(|_| json!({"fields": self.cells(&user, &people, &tasks)}))
            .collect();
        let path = self.world.fixture.path("Tasks");
        self.world
            .owner()
            .post(&path, json!({"records": records}))
            .await
            .expect(200);
    }

    /// One request that may change anything; answers its change set, or nothing where nothing changed.
    async fn step(&mut self) -> Option<String> {
        let (user, people, tasks) = (
            self.user().await,
            self.ids("People").await,
            self.ids("Tasks").await,
        );
        let before = id_of(&last_change(self.world.owner()).await);
        let owner = self.world.owner().clone();
        let path = self.world.fixture.path("Tasks");
        let picked = self.dice.some(&tasks, 6);
        match self.dice.roll(6) {
            0 if people.len() < 4 => {
                let path = self.world.fixture.path("People");
                let body = json!({"fields": {"Name": "Newcomer", "Tasks": picked}});
                owner.post(&path, body).await.expect(200);
            }
            1 if !picked.is_empty() => {
                let query: Vec<String> =
                    picked.iter().map(|id| format!("records[]={id}")).collect();
                owner
                    .delete(&format!("{path}?{}", query.join("&")))
                    .await
                    .expect(200);
            }
            2 if !people.is_empty() => {
                let person = &people[self.dice.roll(people.len())];
                let path = self.world.fixture.path(&format!("People/{person}"));
                let tasks = self.dice.some(&tasks, 4);
                owner
                    .patch(&path, json!({"fields": {"Tasks": tasks}}))
                    .await
                    .expect(200);
            }
            3 if people.len() > 1 => {
                let person = &people[self.dice.roll(people.len())];
                self.world.delete(&owner, "People", person).await;
            }
            way if !picked.is_empty() => {
                let records: Vec<Value> = picked
                    .iter()
                    .map(|id| json!({"id": id, "fields": self.cells(&user, &people, &tasks)}))
                    .collect();
                let body = json!({"records": records});
                let answer = if way == 4 {
                    owner.put(&path, body).await
                } else {
                    owner.patch(&path, body).await
                };
                answer.expect(200);
            }
            _ => {
                self.create().await;
            }
        }
        let after = id_of(&last_change(&owner).await);
        (after != before).then_some(after)
    }

    /// Both tables as they are, by record and field; links as sets.
    async fn picture(&self) -> BTreeMap<String, Value> {
        let mut picture = BTreeMap::new();
        for table in ["Tasks", "People"] {
            for record in self.world.records(table).await.as_array().unwrap() {
                let mut record = record.clone();
                for link in ["Owner", "Parts", "Tasks", "Tags"] {
                    if let Some(list) = record["fields"].get_mut(link).and_then(Value::as_array_mut)
                    {
                        list.sort_by_key(Value::to_string);
                    }
                }
                picture.insert(record["id"].as_str().unwrap().to_owned(), record);
            }
        }
        picture
    }
}

#[tokio::test]
async fn random_change_sets_are_undone_field_equal_and_undone_again_are_nothing() {
    for seed in 0..4 {
        let mut lab = Box::pin(Lab::new(seed)).await;
        for number in 0..sets() / 4 {
            let before = lab.picture().await;
            let Some(change) = lab.step().await else {
                continue;
            };
            let after = lab.picture().await;
            let report = lab.world.undo(&change, json!({})).await;
            assert_eq!(
                lab.picture().await,
                before,
                "seed {seed} set {number}: {report}"
            );
            assert_eq!(
                report["totals"]["conflict"], 0,
                "seed {seed} set {number}: {report}"
            );
            let again = lab.world.undo(&change, json!({})).await;
            assert_eq!(
                again["undo"],
                Value::Null,
                "seed {seed} set {number}: {again}"
            );
            assert_eq!(lab.picture().await, before, "seed {seed} set {number}");
            // Onward from the changed state, so that the base does not stay as it began.
            if let Some(undo) = report["undo"].as_str() {
                lab.world.undo(undo, json!({})).await;
                assert_eq!(lab.picture().await, after, "seed {seed} set {number}: redo");
            }
        }
    }
}

#[tokio::test]
async fn what_others_changed_since_is_never_overwritten_and_always_reported() {
    const FOREIGN: &str = "foreign";
    for seed in 100..104 {
        let mut lab = Box::pin(Lab::new(seed)).await;
        for number in 0..sets() / 4 {
            let Some(change) = lab.step().await else {
                continue;
            };
            let path = format!("/api/saga/changes/{change}/records?limit=200");
            let changed = lab.world.owner().get(&path).await.expect(200).json;
            let (touched, missed) = foreign_edits(&mut lab, &changed["items"], FOREIGN).await;
            let report = undo(lab.world.owner(), &change, json!({})).await;
            for record in report["records"].as_array().unwrap() {
                let id = record["record_id"].as_str().unwrap();
                if !touched.contains(id) {
                    continue;
                }
                let named = record["conflicts"].as_array().unwrap().iter();
                let named: Vec<&Value> = named.map(|conflict| &conflict["field"]).collect();
                assert_eq!(
                    record["outcome"], "conflict",
                    "seed {seed} set {number}: {record}"
                );
                assert!(
                    named.contains(&&json!("Notes")),
                    "seed {seed} set {number}: {record}"
                );
            }
            let now = lab.picture().await;
            for id in touched.iter().chain(&missed) {
                assert_eq!(
                    now[id]["fields"]["Notes"], FOREIGN,
                    "seed {seed} set {number}: {report}"
                );
            }
            for id in touched.iter().chain(&missed) {
                lab.world
                    .update(lab.world.owner(), "Tasks", id, json!({"Notes": "settled"}))
                    .await;
            }
        }
    }
}

/// Lets the colleague write a cell of about every fifth record: of those where the change set wrote it too, and of others.
async fn foreign_edits(
    lab: &mut Lab,
    changed: &Value,
    text: &str,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let (mut touched, mut missed) = (BTreeSet::new(), BTreeSet::new());
    let tasks: BTreeSet<String> = lab.ids("Tasks").await.into_iter().collect();
    let colleague: Actor = lab.world.colleague.clone();
    for record in changed.as_array().unwrap() {
        let id = record["record_id"].as_str().unwrap().to_owned();
        if !tasks.contains(&id) || lab.dice.roll(5) > 0 {
            continue;
        }
        lab.world
            .update(&colleague, "Tasks", &id, json!({"Notes": text}))
            .await;
        let wrote = record["fields"]
            .as_array()
            .unwrap()
            .iter()
            .any(|field| field["field"] == "Notes");
        match wrote || record["kind"] == "created" {
            true => touched.insert(id),
            false => missed.insert(id),
        };
    }
    (touched, missed)
}
