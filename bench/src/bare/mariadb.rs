//! The statements of Neonex on MariaDB.

use sqlx::mysql::{MySqlConnectOptions, MySqlPool, MySqlPoolOptions, MySqlRow};
use sqlx::types::chrono::NaiveDateTime;
use sqlx::{AssertSqlSafe, ConnectOptions as _, Executor as _, Row as _, SqlSafeStr as _, SqlStr};
use uuid::Uuid;

use super::{CONNECTIONS, Change, Place, Post};

const LOG: &str = "INSERT INTO changes (tenant_id, collection_id, record_id, operation, before_record, \
                   after_record, actor, request_id, at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)";

pub(super) struct Pool {
    connections: MySqlPool,
    read: SqlStr,
    insert: SqlStr,
    count: SqlStr,
}

impl Pool {
    pub(super) async fn open(place: &Place) -> anyhow::Result<Self> {
        let options: MySqlConnectOptions = place.database.replacen("mariadb://", "mysql://", 1).parse()?;
        // Both are settings of the connection in Neonex, too.
        let settings =
            "SET SESSION max_statement_time = 5; SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED";
        let connections = MySqlPoolOptions::new()
            .max_connections(CONNECTIONS)
            // Neonex does not ask a connection whether it is alive before each use either.
            .test_before_acquire(false)
            .after_connect(move |connection, _| {
                Box::pin(async move { connection.execute(sqlx::raw_sql(settings)).await.map(drop) })
            })
            .connect_with(options.disable_statement_logging())
            .await?;
        let table = &place.table;
        let columns = "`id`, `created_at`, `updated_at`, `title`, `body`, `views`, `author`";
        let safe = |sql: String| AssertSqlSafe(sql.as_str()).into_sql_str();
        Ok(Self {
            connections,
            read: safe(format!("SELECT {columns} FROM {table} WHERE id = ?")),
            insert: safe(format!("INSERT INTO {table} ({columns}) VALUES (?, ?, ?, ?, ?, ?, ?)")),
            count: safe(format!("SELECT count(*) FROM {table}")),
        })
    }

    pub(super) async fn count(&self) -> sqlx::Result<i64> {
        sqlx::query_scalar(self.count.clone()).fetch_one(&self.connections).await
    }

    pub(super) async fn read(&self, id: Uuid) -> sqlx::Result<Option<Post>> {
        let row = sqlx::query(self.read.clone()).bind(id).fetch_optional(&self.connections).await?;
        row.map(|row| post(&row)).transpose()
    }

    pub(super) async fn create(&self, post: Post, change: Change) -> sqlx::Result<()> {
        let mut transaction = self.connections.begin().await?;
        sqlx::query(self.insert.clone())
            .bind(post.id)
            .bind(change.at.naive_utc())
            .bind(change.at.naive_utc())
            .bind(post.title)
            .bind(post.body)
            .bind(post.views)
            .bind(post.author)
            .execute(&mut *transaction)
            .await?;
        sqlx::query(LOG)
            .bind(change.tenant)
            .bind(change.collection)
            .bind(post.id)
            .bind("create")
            .bind(None::<String>)
            .bind(change.record)
            .bind(Change::ACTOR)
            .bind(change.request)
            .bind(change.at.timestamp_micros())
            .execute(&mut *transaction)
            .await?;
        transaction.commit().await
    }
}

fn post(row: &MySqlRow) -> sqlx::Result<Post> {
    Ok(Post {
        id: row.try_get(0)?,
        created_at: row.try_get::<NaiveDateTime, _>(1)?.and_utc().to_rfc3339(),
        updated_at: row.try_get::<NaiveDateTime, _>(2)?.and_utc().to_rfc3339(),
        title: row.try_get(3)?,
        body: row.try_get(4)?,
        views: row.try_get(5)?,
        author: row.try_get(6)?,
    })
}
