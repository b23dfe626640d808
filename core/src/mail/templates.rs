//! What a tenant writes in its mails: read, changed, tried out.

use std::collections::BTreeMap;

use futures_util::FutureExt as _;
use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::built_in::LOCALES;
use super::error::MailError;
use super::outbox::Letter;
use super::template::{Locale, Rendered, Source, TemplateName, built_in};
use crate::access::{AuthRead, AuthWrite, Permit, TenantScope};
use crate::accounts::Email;
use crate::auth::{Act, audit_entry};
use crate::clock::Timestamp;
use crate::engine::Undo;
use crate::ids::MailId;
use crate::invalid::Invalid;
use crate::platform::see_through;
use crate::store::StoreError;
use crate::store::entities::mail_templates::{ActiveModel, Column, Entity, Model};

/// Languages in which a tenant may write its mails.
const MOST_LOCALES: usize = 50;

/// What the mails of one kind say in one language.
#[derive(Debug, Clone)]
pub struct MailTemplate {
    /// The kind.
    pub name: TemplateName,
    /// The language.
    pub locale: String,
    /// What is written.
    pub source: Source,
    /// When the tenant has written it; `None` of what comes with the server.
    pub updated_at: Option<Timestamp>,
}

impl MailTemplate {
    fn built_in(name: TemplateName, locale: &str) -> Option<Self> {
        let source = built_in(name, locale)?;
        Some(Self { name, locale: locale.to_owned(), source, updated_at: None })
    }

    /// `None` of a kind that this version does not know.
    fn stored(row: Model) -> Option<Self> {
        let name = row.name.parse().ok()?;
        let source = Source { subject: row.subject, text: row.plain, html: row.html };
        Some(Self { name, locale: row.locale, source, updated_at: Timestamp::from_micros(row.updated_at) })
    }
}

impl TenantScope {
    /// Every kind of mail in every language that there is.
    pub async fn mail_templates(&self, _: &Permit<AuthRead>) -> Result<Vec<MailTemplate>, MailError> {
        let own = self.own_templates(None).await?;
        let all = TemplateName::ALL.into_iter();
        let all = all.flat_map(|name| {
            LOCALES.into_iter().filter_map(move |locale| MailTemplate::built_in(name, locale))
        });
        let place = |template: &MailTemplate| {
            let at = TemplateName::ALL.iter().position(|name| *name == template.name);
            (at, template.locale.clone())
        };
        let by_place: BTreeMap<_, _> = all.chain(own).map(|template| (place(&template), template)).collect();
        Ok(by_place.into_values().collect())
    }

    /// What the mails of one kind say in one language.
    pub async fn mail_template(
        &self,
        _: &Permit<AuthRead>,
        name: TemplateName,
        locale: &Locale,
    ) -> Result<MailTemplate, MailError> {
        self.find_template(name, locale).await
    }

    /// Writes what the mails of one kind say in one language.
    pub async fn set_mail_template(
        &self,
        _: &Permit<AuthWrite>,
        name: TemplateName,
        locale: &Locale,
        source: Source,
    ) -> Result<MailTemplate, MailError> {
        source.read(name)?;
        let own = self.own_templates(Some(name)).await?;
        if own.len() >= MOST_LOCALES && own.iter().all(|template| template.locale != locale.as_str()) {
            let message = format!("mails of one kind are written in at most {MOST_LOCALES} languages");
            return Err(Invalid::one("", "too_many", message).into());
        }
        let (tenant, now) = (self.tenant().id().as_uuid(), self.platform().now());
        let key = (tenant, name.as_str().to_owned(), locale.as_str().to_owned());
        let row = ActiveModel {
            tenant_id: Set(tenant),
            name: Set(key.1.clone()),
            locale: Set(key.2.clone()),
            subject: Set(source.subject.clone()),
            plain: Set(source.text.clone()),
            html: Set(source.html.clone()),
            updated_at: Set(now.as_micros()),
        };
        self.write_template(key, Some(row)).await?;
        let locale = locale.as_str().to_owned();
        Ok(MailTemplate { name, locale, source, updated_at: Some(now) })
    }

    /// Removes what a tenant has written, so that what comes with the server is said, or another language spoken.
    pub async fn delete_mail_template(
        &self,
        _: &Permit<AuthWrite>,
        name: TemplateName,
        locale: &Locale,
    ) -> Result<(), MailError> {
        let key = (self.tenant().id().as_uuid(), name.as_str().to_owned(), locale.as_str().to_owned());
        match self.write_template(key, None).await? {
            0 => Err(MailError::NoTemplate),
            _ => Ok(()),
        }
    }

    /// The mail as it would be, with values to show it by: of what is kept, or of what is being written.
    pub async fn preview_mail(
        &self,
        _: &Permit<AuthRead>,
        name: TemplateName,
        locale: &Locale,
        draft: Option<Source>,
    ) -> Result<Rendered, MailError> {
        let source = match draft {
            Some(draft) => draft,
            None => self.find_template(name, locale).await?.source,
        };
        Ok(source.read(name)?.sample(name))
    }

    /// Sends a mail of that kind, with values to show it by.
    pub async fn send_test_mail(
        &self,
        _: &Permit<AuthWrite>,
        name: TemplateName,
        locale: &Locale,
        to: String,
    ) -> Result<MailId, MailError> {
        let to = Email::try_from(to).map_err(|invalid| invalid.below("/to"))?;
        self.find_template(name, locale).await?;
        self.admit_mail(Some(to.as_str())).await?;
        let values = name.variables().iter().filter(|(known, _)| *known != "app");
        let values = values.map(|(known, value)| (*known, (*value).to_owned())).collect();
        let letter = Letter { to: to.as_str(), template: name, locale: Some(locale), values, minutes: None };
        let mail = self.compose(letter).await?;
        let id = mail.id();
        let audit = audit_entry(self, Act::MailTested, None, Some(format!("{name} {}", locale.as_str())))?;
        self.write_with_mail::<_, StoreError, _>(move |tx| {
            async move {
                mail.write(tx).await?;
                tx.insert(audit).await
            }
            .boxed()
        })
        .await?;
        Ok(id)
    }

    /// The template that is used where one of these languages is wanted, the first rather than the last, and in which
    /// of them it is.
    pub(super) async fn template_in(
        &self,
        name: TemplateName,
        wanted: &[&str],
    ) -> Result<(String, Source), MailError> {
        let own = self.own_templates(Some(name)).await?;
        let found = wanted.iter().find_map(|locale| {
            let own = own.iter().find(|template| template.locale == *locale).cloned();
            own.or_else(|| MailTemplate::built_in(name, locale))
        });
        found.map(|template| (template.locale, template.source)).ok_or(MailError::NoTemplate)
    }

    async fn find_template(&self, name: TemplateName, locale: &Locale) -> Result<MailTemplate, MailError> {
        let own = self.own_templates(Some(name)).await?;
        let own = own.into_iter().find(|template| template.locale == locale.as_str());
        own.or_else(|| MailTemplate::built_in(name, locale.as_str())).ok_or(MailError::NoTemplate)
    }

    async fn own_templates(&self, name: Option<TemplateName>) -> Result<Vec<MailTemplate>, StoreError> {
        let mut own = Entity::find().filter(Column::TenantId.eq(self.tenant().id().as_uuid()));
        if let Some(name) = name {
            own = own.filter(Column::Name.eq(name.as_str()));
        }
        let rows = self
            .platform()
            .store()
            .read::<_, StoreError, _>(self.place(), move |tx| async move { tx.all(own).await }.boxed())
            .await?;
        Ok(rows.into_iter().filter_map(MailTemplate::stored).collect())
    }

    /// Replaces a template, or removes it; says how many there were.
    async fn write_template(
        &self,
        key: (uuid::Uuid, String, String),
        row: Option<ActiveModel>,
    ) -> Result<u64, MailError> {
        let act = if row.is_some() { Act::MailTemplateChanged } else { Act::MailTemplateRemoved };
        let audit = audit_entry(self, act, None, Some(format!("{} {}", key.1, key.2)))?;
        let (platform, place) = (self.platform().clone(), self.place());
        see_through(async move {
            let written =
                platform.store().write_again::<_, StoreError, _>(place, Undo::Savepoint, move |tx| {
                    async move {
                        let removed = tx.delete(Entity::delete_by_id(key)).await?;
                        if let Some(row) = &row {
                            tx.insert(row.clone()).await?;
                        }
                        if removed > 0 || row.is_some() {
                            tx.insert(audit).await?;
                        }
                        Ok(removed)
                    }
                    .boxed()
                });
            Ok(written.await?.0)
        })
        .await
    }
}
