use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveValue::Set, ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
};

use super::entity::{tenant_member, user};
use super::parsed;
use crate::contracts::Person;
use crate::identity::names::{EmailAddress, Name};
use crate::platform::clock::Millis;
use crate::platform::db::{Conn, SystemTx, TenantTx};
use crate::platform::ids::UserId;

/// Whether a person can sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UserStatus {
    Active,
    Invited,
    Disabled,
}

impl UserStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Invited => "invited",
            Self::Disabled => "disabled",
        }
    }

    /// What is not known gives no right.
    fn read(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "invited" => Self::Invited,
            _ => Self::Disabled,
        }
    }
}

/// A person with what sign-in needs.
#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) id: UserId,
    pub(crate) email: String,
    pub(crate) name: String,
    pub(crate) password_hash: Option<String>,
    pub(crate) status: UserStatus,
    pub(crate) not_before: Millis,
}

impl User {
    fn from_row(row: user::Model) -> Result<Self, DbErr> {
        Ok(Self {
            id: parsed(&row.id)?,
            status: UserStatus::read(&row.status),
            email: row.email,
            name: row.name,
            password_hash: row.password_hash,
            not_before: row.not_before,
        })
    }
}

/// Whether the instance has anybody.
pub(crate) async fn any_user(tx: &SystemTx) -> Result<bool, DbErr> {
    Ok(user::Entity::find().limit(1).count(tx.conn()).await? > 0)
}

pub(crate) async fn find_user(tx: &SystemTx, id: UserId) -> Result<Option<User>, DbErr> {
    let row = user::Entity::find_by_id(id.to_string())
        .one(tx.conn())
        .await?;
    row.map(User::from_row).transpose()
}

/// The person, kept from other writers until the transaction ends.
pub(crate) async fn lock_user(tx: &SystemTx, id: UserId) -> Result<Option<User>, DbErr> {
    let row = user::Entity::find_by_id(id.to_string())
        .lock_exclusive()
        .one(tx.conn())
        .await?;
    row.map(User::from_row).transpose()
}

pub(crate) async fn find_user_by_email(
    tx: &SystemTx,
    email: &EmailAddress,
) -> Result<Option<User>, DbErr> {
    let row = user::Entity::find()
        .filter(user::Column::Email.eq(email.as_str()))
        .one(tx.conn())
        .await?;
    row.map(User::from_row).transpose()
}

/// Adds a person; without a password hash they are invited, with one active.
pub(crate) async fn insert_user(
    conn: &Conn,
    id: UserId,
    email: &EmailAddress,
    name: &Name,
    password_hash: Option<String>,
    now: Millis,
) -> Result<(), DbErr> {
    let status = if password_hash.is_some() {
        UserStatus::Active
    } else {
        UserStatus::Invited
    };
    let row = user::ActiveModel {
        id: Set(id.to_string()),
        email: Set(email.as_str().to_owned()),
        name: Set(name.as_str().to_owned()),
        password_hash: Set(password_hash),
        status: Set(status.as_str().to_owned()),
        not_before: Set(0),
        created_at: Set(now),
    };
    user::Entity::insert(row)
        .exec_without_returning(conn)
        .await
        .map(drop)
}

pub(crate) async fn set_password(tx: &SystemTx, id: UserId, hash: String) -> Result<(), DbErr> {
    let update =
        user::Entity::update_many().col_expr(user::Column::PasswordHash, Expr::value(hash));
    update
        .filter(user::Column::Id.eq(id.to_string()))
        .exec(tx.conn())
        .await
        .map(drop)
}

/// Gives an invited person their password and name; false when they are not invited.
pub(crate) async fn activate_user(
    tx: &SystemTx,
    id: UserId,
    name: &Name,
    hash: String,
) -> Result<bool, DbErr> {
    let update = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(
            user::Column::Status,
            Expr::value(UserStatus::Active.as_str()),
        )
        .col_expr(user::Column::Name, Expr::value(name.as_str()));
    let invited = user::Column::Status.eq(UserStatus::Invited.as_str());
    let update = update
        .filter(user::Column::Id.eq(id.to_string()))
        .filter(invited);
    Ok(update.exec(tx.conn()).await?.rows_affected == 1)
}

/// Makes every access token issued before now worthless.
pub(crate) async fn forbid_before(conn: &Conn, id: UserId, now: Millis) -> Result<(), DbErr> {
    let update = user::Entity::update_many().col_expr(user::Column::NotBefore, Expr::value(now));
    update
        .filter(user::Column::Id.eq(id.to_string()))
        .exec(conn)
        .await
        .map(drop)
}

/// The named people as far as they belong to the tenant, by name.
pub(crate) async fn people_by_id(tx: &TenantTx, ids: Vec<String>) -> Result<Vec<Person>, DbErr> {
    let mut people = Vec::with_capacity(ids.len());
    // Databases bound the number of parameters of a statement.
    for chunk in ids.chunks(500) {
        let rows: Vec<(String, String, String)> = user::Entity::find()
            .select_only()
            .columns([user::Column::Id, user::Column::Email, user::Column::Name])
            .filter(user::Column::Id.is_in(chunk.iter().cloned()))
            .into_tuple()
            .all(tx.conn())
            .await?;
        for (id, email, name) in rows {
            people.push(Person {
                id: parsed(&id)?,
                email,
                name,
            });
        }
    }
    people.sort_by(|left, right| left.name.cmp(&right.name).then(left.id.cmp(&right.id)));
    Ok(people)
}

/// Everybody who is an active member of the tenant, by name.
pub(crate) async fn active_people(tx: &TenantTx) -> Result<Vec<Person>, DbErr> {
    let ids: Vec<String> = tenant_member::Entity::find()
        .select_only()
        .column(tenant_member::Column::UserId)
        .filter(tenant_member::Column::TenantId.eq(tx.tenant().to_string()))
        .filter(tenant_member::Column::Status.eq(super::MemberStatus::Active.as_str()))
        .into_tuple()
        .all(tx.conn())
        .await?;
    people_by_id(tx, ids).await
}
