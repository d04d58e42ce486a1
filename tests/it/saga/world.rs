use serde_json::{Value, json};

use crate::support::Actor;
use crate::v0::fixture::Fixture;

/// The fixture's instance, with a second person who works in the same base.
pub(super) struct World {
    pub(super) fixture: Fixture,
    pub(super) colleague: Actor,
}

impl World {
    pub(super) async fn new() -> Self {
        let fixture = Fixture::new().await;
        let role = pyairtable::contracts::Role::Editor;
        let colleague = fixture.app.member(&fixture.owner, role).await;
        Self { fixture, colleague }
    }

    pub(super) fn owner(&self) -> &Actor {
        &self.fixture.owner
    }

    /// The newest change set.
    pub(super) async fn last_change(&self) -> Value {
        last_change(self.owner()).await
    }

    pub(super) async fn last_id(&self) -> String {
        id_of(&self.last_change().await)
    }

    /// Undoes a change set as the owner.
    pub(super) async fn undo(&self, id: &str, body: Value) -> Value {
        undo(self.owner(), id, body).await
    }

    /// Every record of a table, by id and with its cells, in the order of the grid.
    pub(super) async fn records(&self, table: &str) -> Value {
        let path = self.fixture.path(&format!("{table}?view=Grid%20view"));
        self.owner().get(&path).await.expect(200).json["records"].clone()
    }

    pub(super) async fn update(&self, who: &Actor, table: &str, id: &str, fields: Value) {
        let path = self.fixture.path(&format!("{table}/{id}"));
        who.patch(&path, json!({"fields": fields}))
            .await
            .expect(200);
    }

    pub(super) async fn delete(&self, who: &Actor, table: &str, id: &str) {
        let path = self.fixture.path(&format!("{table}/{id}"));
        who.delete(&path).await.expect(200);
    }
}

pub(super) async fn last_change(who: &Actor) -> Value {
    let page = who.get("/api/saga/changes?limit=1").await.expect(200).json;
    page["items"][0].clone()
}

pub(super) fn id_of(change: &Value) -> String {
    change["id"].as_str().unwrap().to_owned()
}

pub(super) async fn undo(who: &Actor, id: &str, body: Value) -> Value {
    let path = format!("/api/saga/changes/{id}/undo");
    who.post(&path, body).await.expect(200).json
}
