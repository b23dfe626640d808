//! Group commit: units of many callers in one transaction.

use std::time::Duration;

use rusqlite::ErrorCode;

use super::connection::WriteConnection;
use super::registry::Lease;
use super::task::{Ran, Task};
use super::writer::Unit;
use super::{EngineError, Undo};

const SAVE: &str = "SAVEPOINT neonex_unit";
const KEEP: &str = "RELEASE neonex_unit";
const UNDO: &str = "ROLLBACK TO neonex_unit";

/// Units taken in this turn, to be answered together.
#[derive(Default)]
pub(super) struct Batch(Vec<Item>);

struct Item {
    task: Box<dyn Task>,
    /// Keeps the file open until the answer is given.
    lease: Lease,
    /// What the engine says of this unit alone.
    own: Option<EngineError>,
    /// The batch failed because of it, so it hears its own error and not the batch's.
    culprit: bool,
}

impl Batch {
    pub(super) fn begin(writer: &WriteConnection) -> Result<(), EngineError> {
        writer.guard.begin();
        execute(writer, "BEGIN IMMEDIATE")
    }

    pub(super) fn commit(writer: &WriteConnection) -> Result<(), EngineError> {
        writer.guard.committing(|| execute(writer, "COMMIT"))
    }

    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Takes a unit that cannot be run.
    pub(super) fn refuse(&mut self, unit: Unit) {
        self.0.push(Item { task: unit.task, lease: unit.lease, own: None, culprit: false });
    }

    /// Runs a unit; an error means that the batch cannot go on.
    pub(super) fn run(
        &mut self,
        unit: Unit,
        writer: &mut WriteConnection,
        allowed: Duration,
    ) -> Result<(), EngineError> {
        let undo = unit.undo;
        let mut item = Item { task: unit.task, lease: unit.lease, own: None, culprit: false };
        let outcome = run_item(&mut item, undo, writer, allowed);
        item.culprit = outcome.is_err();
        self.0.push(item);
        outcome
    }

    /// Answers everyone with the fate of the commit, or with what is true of one unit alone.
    pub(super) fn answer(&mut self, fate: &Result<(), EngineError>) {
        for Item { task, lease, own, culprit } in self.0.drain(..) {
            drop(lease);
            let verdict = match own {
                Some(own) => Err(own),
                None if culprit => Ok(()),
                // Even a unit that failed by itself: it may have failed on a neighbour's row that is now undone.
                None => fate.clone(),
            };
            task.answer(verdict);
        }
    }
}

fn run_item(
    item: &mut Item,
    undo: Undo,
    writer: &mut WriteConnection,
    allowed: Duration,
) -> Result<(), EngineError> {
    if undo == Undo::Savepoint {
        execute(writer, SAVE).inspect_err(|error| item.own = Some(error.clone()))?;
    }
    let changes = writer.conn.total_changes();
    writer.limit.arm(allowed);
    let ran = item.task.run(&mut writer.conn);
    let timed_out = writer.limit.disarm();
    item.own = match ran {
        Ran::Panicked => Some(EngineError::UnitPanicked),
        Ran::Done | Ran::Failed if timed_out => Some(EngineError::Timeout),
        Ran::Done | Ran::Failed => None,
    };
    let failed = ran != Ran::Done || timed_out;
    // SQLite itself ends the transaction on some faults (disk full, I/O, an interrupted write).
    if writer.conn.is_autocommit() || writer.guard.rolled_back() {
        if !failed {
            item.own = Some(EngineError::EndedTransaction);
        }
        return Err(EngineError::BatchAborted);
    }
    match undo {
        Undo::Savepoint => finish(writer, failed).map_err(|fault| {
            item.own.get_or_insert(fault);
            EngineError::BatchAborted
        }),
        Undo::None if failed && writer.conn.total_changes() != changes => Err(EngineError::BatchAborted),
        Undo::None => Ok(()),
    }
}

/// Keeps or undoes what the unit did since its savepoint.
fn finish(writer: &WriteConnection, failed: bool) -> Result<(), EngineError> {
    let finish = || {
        if failed {
            writer.conn.prepare_cached(UNDO)?.execute([])?;
        }
        writer.conn.prepare_cached(KEEP)?.execute([])
    };
    match finish() {
        Ok(_) => Ok(()),
        // No such savepoint: the unit released it.
        Err(error) if error.sqlite_error_code() == Some(ErrorCode::Unknown) => {
            Err(EngineError::EndedTransaction)
        }
        Err(error) => Err(error.into()),
    }
}

fn execute(writer: &WriteConnection, sql: &str) -> Result<(), EngineError> {
    writer.conn.prepare_cached(sql)?.execute([])?;
    Ok(())
}
