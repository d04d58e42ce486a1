use std::time::{Duration, Instant};

use crate::support::TestApp;

#[tokio::test]
async fn a_stopped_instance_drains_and_closes_its_port() {
    let app = TestApp::new().await;
    app.anonymous().get("/health/ready").await.expect(200);
    let started = Instant::now();
    app.begin_stop();
    assert!(app.has_stopped_within(Duration::from_secs(15)));
    assert!(started.elapsed() < Duration::from_secs(15));
    assert!(
        std::net::TcpStream::connect(app.address).is_err(),
        "the port is still open"
    );
}
