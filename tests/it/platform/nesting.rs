use std::future::Future;
use std::pin::pin;
use std::task::{Context, Waker};

use pyairtable::platform::db::TenantTx;
use sea_orm::{ConnectionTrait, Statement};

use crate::v0::fixture::Fixture;

/// Writes where the tenant may, so that a commit can be told from a rollback.
async fn rename(fixture: &Fixture, tx: &TenantTx) {
    let rename = format!(
        "UPDATE airtable_bases SET name = 'Renamed' WHERE id = '{}'",
        fixture.base
    );
    tx.conn().execute_unprepared(&rename).await.unwrap();
}

async fn is_renamed(fixture: &Fixture) -> bool {
    let tenant = fixture.tenant().await;
    let tx = fixture.app.platform.db.read(tenant).await.unwrap();
    let backend = tx.conn().get_database_backend();
    let select = format!(
        "SELECT name FROM airtable_bases WHERE id = '{}'",
        fixture.base
    );
    let row = tx
        .conn()
        .query_one_raw(Statement::from_string(backend, select))
        .await;
    row.unwrap().unwrap().try_get::<String>("", "name").unwrap() == "Renamed"
}

#[tokio::test]
async fn a_part_that_was_left_while_it_began_leaves_the_whole_as_it_was() {
    let fixture = Fixture::new().await;
    let tx = fixture.begin().await;
    rename(&fixture, &tx).await;
    {
        let mut part = pin!(tx.nest());
        let mut context = Context::from_waker(Waker::noop());
        drop(part.as_mut().poll(&mut context));
    }
    // Whoever comes next finds the transaction as it was.
    drop(tx.nest().await.unwrap());
    tx.commit().await.unwrap();
    assert!(is_renamed(&fixture).await);
}

#[tokio::test]
async fn a_part_that_cannot_begin_never_passes_for_a_commit() {
    let fixture = Fixture::new().await;
    let tx = fixture.begin().await;
    rename(&fixture, &tx).await;
    // No part can begin in a transaction that has failed, where the database has such a thing.
    let wrong = tx
        .conn()
        .execute_unprepared("SELECT no_such_column FROM airtable_bases")
        .await;
    assert!(wrong.is_err());
    drop(tx.nest().await);
    let committed = tx.commit().await;
    assert_eq!(committed.is_ok(), is_renamed(&fixture).await);
}

#[tokio::test]
async fn parts_are_kept_or_taken_back_alone() {
    let fixture = Fixture::new().await;
    let tx = fixture.begin().await;
    drop(tx.nest().await.unwrap());
    let part = tx.nest().await.unwrap();
    rename(&fixture, &part).await;
    part.commit().await.unwrap();
    let part = tx.nest().await.unwrap();
    let wrong = part
        .conn()
        .execute_unprepared("SELECT no_such_column FROM airtable_bases")
        .await;
    assert!(wrong.is_err());
    drop(part);
    tx.commit().await.unwrap();
    assert!(is_renamed(&fixture).await);
}
