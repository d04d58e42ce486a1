use std::time::Duration;

use crate::support::TestApp;

#[tokio::test]
async fn a_new_instance_gets_the_sample_base_once() {
    let app = TestApp::with_settings(|settings| settings.identity.sample_base = true).await;
    let owner = app.owner().await;
    for _ in 0..50 {
        app.deliver_events().await;
        let list = owner.get("/api/airtable/bases").await.expect(200).json;
        let bases = list["items"].as_array().unwrap();
        if bases.len() == 1 {
            assert_eq!(bases[0]["table_count"], 5);
            assert_eq!(bases[0]["record_count"], 85);
            return;
        }
        assert!(bases.is_empty());
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("there is no sample base after five seconds");
}
