//! The client that build.rs generates from the contract.

include!(concat!(env!("OUT_DIR"), "/client.rs"));
