// Made by `neonex generate types`. Not to be changed by hand.
use serde::{Deserialize, Serialize};
#[derive(Serialize, Deserialize)]
pub struct AllKinds {
    pub r#type: String,
    #[serde(rename = "self")]
    pub self_: Option<i64>,
}
