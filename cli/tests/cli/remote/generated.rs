// Made by `neonex generate types`. Not to be changed by hand.

use serde::{Deserialize, Serialize};

/// A record of `all_kinds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllKinds {
    pub at: Option<neonex_sdk::chrono::DateTime<neonex_sdk::chrono::Utc>>,
    pub extra: serde_json::Value,
    pub place: Option<GeoPoint>,
    pub room: Option<neonex_sdk::uuid::Uuid>,
    #[serde(rename = "self")]
    pub self_: Option<i64>,
    /// One of ["a", "b \"c\""].
    pub state: Option<String>,
    pub tags: Vec<String>,
    pub r#type: String,
}

/// A new record of `all_kinds`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AllKindsCreate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Option<neonex_sdk::chrono::DateTime<neonex_sdk::chrono::Utc>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<neonex_sdk::uuid::Uuid>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Option<GeoPoint>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Option<neonex_sdk::uuid::Uuid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "self")]
    pub self_: Option<Option<i64>>,
    /// One of ["a", "b \"c\""].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Option<String>>,
    pub tags: Vec<String>,
    pub r#type: String,
}

/// What is to change of a record of `all_kinds`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct AllKindsUpdate {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Option<neonex_sdk::chrono::DateTime<neonex_sdk::chrono::Utc>>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extra: Option<serde_json::Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<Option<GeoPoint>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub room: Option<Option<neonex_sdk::uuid::Uuid>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[serde(rename = "self")]
    pub self_: Option<Option<i64>>,
    /// One of ["a", "b \"c\""].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<Option<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub r#type: Option<String>,
}

/// A record of `shown`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// One of ["a", "b \"c\""].
    pub room_state: Option<String>,
    /// One of ["a", "b \"c\""].
    pub state: Option<String>,
}

/// A place on earth, in degrees.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct GeoPoint {
    pub lat: f64,
    pub lon: f64,
}
