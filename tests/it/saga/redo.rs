use serde_json::json;

use super::world::World;

#[tokio::test]
async fn the_undo_of_an_undo_does_it_again() {
    let world = World::new().await;
    let ann = world.fixture.create("People", json!({"Name": "Ann"})).await;
    let kept = world
        .fixture
        .create("Tasks", json!({"Name": "Kept", "Owner": [ann]}))
        .await;
    let gone = world
        .fixture
        .create("Tasks", json!({"Name": "Gone", "Owner": [ann]}))
        .await;
    let before = (world.records("Tasks").await, world.records("People").await);
    world.delete(world.owner(), "Tasks", &gone).await;
    let after = (world.records("Tasks").await, world.records("People").await);
    let mut change = world.last_id().await;
    for _ in 0..3 {
        let undo = world.undo(&change, json!({})).await;
        assert_eq!(undo["totals"]["conflict"], 0, "{undo}");
        assert_eq!(
            (world.records("Tasks").await, world.records("People").await),
            before
        );
        let redo = world.undo(undo["undo"].as_str().unwrap(), json!({})).await;
        assert_eq!(redo["totals"]["conflict"], 0, "{redo}");
        assert_eq!(
            (world.records("Tasks").await, world.records("People").await),
            after
        );
        change = redo["undo"].as_str().unwrap().to_owned();
    }
    world.fixture.get("Tasks", &kept).await;
}
