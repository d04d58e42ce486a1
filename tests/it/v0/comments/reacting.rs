use pyairtable::contracts::Role;
use serde_json::{Value, json};

use super::{commented, id, me, say};
use crate::v0::fixture::Fixture;

#[tokio::test]
async fn people_react_once_with_each_emoji_and_take_it_back() {
    let fixture = Fixture::new().await;
    let editor = fixture.app.member(&fixture.owner, Role::Editor).await;
    let viewer = fixture.app.member(&fixture.owner, Role::Viewer).await;
    let (task, path) = commented(&fixture).await;
    let comment = id(&say(&fixture.owner, &path, "Done!").await);
    let table = fixture.table_id("Tasks").await;
    let base = format!("/api/airtable/bases/{}", fixture.base);
    let below = format!("{base}/tables/{table}/records/{task}/comments/{comment}");
    let thumb = format!("{below}/reactions/1f44d");
    let none = Value::Null;
    for _ in 0..2 {
        editor.put(&thumb, none.clone()).await.expect(200);
    }
    let heart = format!("{below}/reactions/%E2%9D%A4%EF%B8%8F");
    fixture.owner.put(&heart, none.clone()).await.expect(200);
    let page = viewer.get(&path).await.expect(200).json;
    let mia = me(&editor).await;
    let reactions = page["comments"][0]["reactions"].clone();
    let by_mia = json!({"userId": mia["id"], "email": mia["email"], "name": "Mia Member"});
    assert_eq!(
        reactions[0],
        json!({"emoji": {"unicodeCharacter": "1f44d"}, "reactingUser": by_mia})
    );
    assert_eq!(reactions[1]["emoji"]["unicodeCharacter"], "2764-fe0f");
    assert_eq!(reactions.as_array().unwrap().len(), 2);
    let weak = viewer.put(&thumb, none.clone()).await;
    weak.expect_problem(403, "forbidden");
    let word = editor.put(&format!("{below}/reactions/like"), none).await;
    word.expect_problem(422, "invalid_request");
    // One's own alone.
    fixture.owner.delete(&thumb).await.expect(200);
    let left = editor.delete(&thumb).await.expect(200).json;
    assert_eq!(left["reactions"].as_array().unwrap().len(), 1);
    let one = format!("{path}/{comment}");
    let body = json!({"text": "Done."});
    let changed = fixture.owner.patch(&one, body).await.expect(200).json;
    assert_eq!(changed["reactions"], left["reactions"]);
    fixture.owner.delete(&one).await.expect(200);
    let left = fixture.texts_of(&["airtable_reactions"]).await;
    assert!(left.is_empty(), "{left:?}");
}
