//! How many mails may be caused, by whom and to whom.

use futures_util::FutureExt as _;

use crate::access::TenantScope;
use crate::engine::Undo;
use crate::guard::{self, Allowance};
use crate::mail::MailError;

impl TenantScope {
    /// Counts a mail to that address before it is made, or says that there have been too many: of the tenant, from
    /// where the request comes, to that address.
    pub(crate) async fn admit_mail(&self, to: Option<&str>) -> Result<(), MailError> {
        let (tenant, now) = (self.tenant().id(), self.platform().now());
        let hourly = self.tenant().auth().settings().mails_per_hour;
        let (to, from) = (to.map(str::to_owned), self.facts().ip());
        self.platform()
            .store()
            .write_again(self.place(), Undo::Savepoint, move |tx| {
                async move {
                    let to = to.as_deref().map(Allowance::MailsTo);
                    let own = to.into_iter().chain(from.map(Allowance::MailsFrom));
                    for allowance in own.chain([Allowance::Mails(hourly)]) {
                        // As an error, so that what is not sent is counted nowhere.
                        let spent = guard::spend(tx, tenant, allowance, now).await?;
                        spent.map_err(|seconds| MailError::TooMany { seconds })?;
                    }
                    Ok(())
                }
                .boxed()
            })
            .await
            .map(|(done, _)| done)
    }
}
