//! The parts of a run.

pub(crate) mod auth;
pub(crate) mod files;
pub(crate) mod import;
pub(crate) mod messages;
pub(crate) mod neighbour;
pub(crate) mod relations;
pub(crate) mod rows;
pub(crate) mod servers;
pub(crate) mod starts;
pub(crate) mod steady;
pub(crate) mod tenants;
