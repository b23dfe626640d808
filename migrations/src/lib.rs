//! Schema of the control and tenant databases.
