use pyairtable::platform::db::TenantTx;
use pyairtable::platform::ids::TenantId;
use pyairtable::platform::settings::Settings;
use sea_orm::{ConnectionTrait, Statement};
use serde_json::{Value, json};

use crate::support::{Actor, Answer, TestApp};

/// An instance with a base of people and tasks, and its owner.
pub(crate) struct Fixture {
    pub(crate) app: TestApp,
    pub(crate) owner: Actor,
    pub(crate) workspace: String,
    pub(crate) base: String,
}

impl Fixture {
    /// With the tables `People` (Name) and `Tasks` (Name, Hours, Done, Due, Status, Tags, Owner).
    pub(crate) async fn new() -> Self {
        Self::with_settings(|_| {}).await
    }

    /// The same over an instance whose settings differ in what `change` changes.
    pub(crate) async fn with_settings(change: impl FnOnce(&mut Settings)) -> Self {
        let app = TestApp::with_settings(|settings| {
            settings.identity.sample_base = false;
            change(settings);
        })
        .await;
        let owner = app.owner().await;
        let workspace = app.workspace_of(&owner).await;
        let body = json!({"name": "Work", "workspaceId": workspace, "tables": [
            {"name": "People", "fields": [{"name": "Name", "type": "singleLineText"}]},
            {"name": "Tasks", "fields": [
                {"name": "Name", "type": "singleLineText"},
                {"name": "Hours", "type": "number", "options": {"precision": 1}},
                {"name": "Done", "type": "checkbox", "options": {"icon": "check", "color": "greenBright"}},
                {"name": "Due", "type": "date", "options": {"dateFormat": {"name": "iso"}}},
                {"name": "Status", "type": "singleSelect", "options": {"choices": [{"name": "Todo"}, {"name": "Doing"}, {"name": "Archived"}]}},
                {"name": "Tags", "type": "multipleSelects", "options": {"choices": [{"name": "home"}, {"name": "blue"}]}},
            ]},
        ]});
        let made = owner.post("/v0/meta/bases", body).await.expect(200).json;
        let base = made["id"].as_str().unwrap().to_owned();
        let fixture = Self {
            app,
            owner,
            workspace,
            base,
        };
        let people = fixture.table_id("People").await;
        let link = json!({"name": "Owner", "type": "multipleRecordLinks", "options": {"linkedTableId": people}});
        let tasks = fixture.table_id("Tasks").await;
        let path = format!("/v0/meta/bases/{}/tables/{tasks}/fields", fixture.base);
        fixture.owner.post(&path, link).await.expect(200);
        fixture
    }

    /// The owner as a caller of another instance of the same installation.
    pub(crate) fn owner_of(&self, other: &TestApp) -> Actor {
        other
            .anonymous()
            .with_token(self.owner.token().expect("the owner is signed in"))
    }

    /// The tenant of the owner.
    pub(crate) async fn tenant(&self) -> TenantId {
        let me = self.owner.get("/api/auth/me").await.expect(200).json;
        me["tenant"]["id"].as_str().unwrap().parse().unwrap()
    }

    /// A write transaction of the tenant, past the application.
    pub(crate) async fn begin(&self) -> TenantTx {
        let tenant = self.tenant().await;
        self.app.platform.db.begin(tenant).await.unwrap()
    }

    /// Every text in these tables, of the tenant.
    pub(crate) async fn texts_of(&self, tables: &[&str]) -> Vec<String> {
        let tenant = self.tenant().await;
        let tx = self.app.platform.db.read(tenant).await.unwrap();
        let mut texts = Vec::new();
        for table in tables {
            let backend = tx.conn().get_database_backend();
            let select = Statement::from_string(backend, format!("SELECT * FROM {table}"));
            for row in tx.conn().query_all_raw(select).await.unwrap() {
                let columns = row.column_names();
                // What is no text is no place for a cell.
                let text = |column: &String| row.try_get::<Option<String>>("", column).ok();
                texts.extend(columns.iter().filter_map(text).flatten());
            }
        }
        texts
    }

    /// Does to the database what the application would not.
    pub(crate) async fn tamper(&self, statements: &[&str]) {
        let tx = self.begin().await;
        for statement in statements {
            tx.conn().execute_unprepared(statement).await.unwrap();
        }
        tx.commit().await.unwrap();
    }

    /// The path of a table or of what lies below it.
    pub(crate) fn path(&self, rest: &str) -> String {
        format!("/v0/{}/{rest}", self.base)
    }

    pub(crate) async fn schema(&self) -> Value {
        self.owner
            .get(&format!("/v0/meta/bases/{}/tables", self.base))
            .await
            .expect(200)
            .json
    }

    pub(crate) async fn table(&self, name: &str) -> Value {
        let schema = self.schema().await;
        let tables = schema["tables"].as_array().unwrap();
        tables
            .iter()
            .find(|table| table["name"] == name)
            .unwrap()
            .clone()
    }

    pub(crate) async fn table_id(&self, name: &str) -> String {
        self.table(name).await["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn field(&self, table: &str, name: &str) -> Value {
        let table = self.table(table).await;
        let fields = table["fields"].as_array().unwrap();
        fields
            .iter()
            .find(|field| field["name"] == name)
            .unwrap()
            .clone()
    }

    /// Adds a field to `Tasks`.
    pub(crate) async fn add_field(&self, field: Value) -> Answer {
        let table = self.table_id("Tasks").await;
        let path = format!("/v0/meta/bases/{}/tables/{table}/fields", self.base);
        self.owner.post(&path, field).await
    }

    /// Makes one record and answers its id.
    pub(crate) async fn create(&self, table: &str, fields: Value) -> String {
        let made = self
            .owner
            .post(&self.path(table), json!({"fields": fields}))
            .await
            .expect(200);
        made.json["id"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn get(&self, table: &str, record: &str) -> Value {
        self.owner
            .get(&self.path(&format!("{table}/{record}")))
            .await
            .expect(200)
            .json
    }

    /// The values of `Name` that a query lists.
    pub(crate) async fn names(&self, query: &str) -> Vec<String> {
        let page = self.owner.get(&self.path(query)).await.expect(200).json;
        names(&page)
    }
}

pub(crate) fn names(page: &Value) -> Vec<String> {
    let records = page["records"].as_array().unwrap();
    records
        .iter()
        .map(|record| record["fields"]["Name"].as_str().unwrap_or("-").to_owned())
        .collect()
}

/// Status and body on one line, for inline snapshots.
pub(crate) fn line(answer: &Answer) -> String {
    format!("{} {}", answer.status, answer.text)
}
