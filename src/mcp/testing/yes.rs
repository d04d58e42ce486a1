use async_trait::async_trait;

use crate::contracts::{
    Actor, Answered, Approvals, Asked, Asking, BaseError, BaseErrorKind, BaseResult, CallRef,
};

/// A person who has said yes to everything.
pub(super) struct AlwaysYes;

#[async_trait]
impl Approvals for AlwaysYes {
    async fn use_up(&self, _: &Actor, _: &CallRef, _: &str) -> BaseResult<bool> {
        Ok(true)
    }

    async fn ask(&self, _: &Actor, _: Asking<'_>) -> BaseResult<Asked> {
        Err(BaseError::new(BaseErrorKind::Internal, "needless to ask"))
    }

    async fn answer(
        &self,
        _: &Actor,
        _: &CallRef,
        _: &str,
        _: &str,
        _: bool,
    ) -> BaseResult<Answered> {
        Ok(Answered::Go)
    }
}
