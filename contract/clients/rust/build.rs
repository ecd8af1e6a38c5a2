//! Generates the client from the contract, as progenitor's documentation has it.

use std::{env, fs, path::Path};

use progenitor::{GenerationSettings, Generator, InterfaceStyle};
use serde_json::{json, Value};

const CONTRACT: &str = "../../../openapi.yaml";

fn main() {
    println!("cargo:rerun-if-changed={CONTRACT}");
    let mut contract: Value = serde_norway::from_str(&fs::read_to_string(CONTRACT).unwrap()).unwrap();
    leave_out_empty_answers(&mut contract);
    leave_out_other_media(&mut contract);
    let mut generator = Generator::new(GenerationSettings::default().with_interface(InterfaceStyle::Builder));
    let tokens = generator.generate_tokens(&serde_json::from_value(contract).unwrap()).unwrap();
    let code = prettyplease::unparse(&syn::parse2(tokens).unwrap());
    fs::write(Path::new(&env::var_os("OUT_DIR").unwrap()).join("client.rs"), code).unwrap();
}

/// progenitor panics where the successes of an operation have bodies of more than one type, and so do the
/// failures, so that the answers without a body have to go where there are others: 204, which who writes
/// gets with `Prefer: return=minimal`, and 304, which who reads gets with If-None-Match. Should they come,
/// they are Error::UnexpectedResponse, with their status and headers.
fn leave_out_empty_answers(contract: &mut Value) {
    let paths = contract["paths"].as_object_mut().unwrap();
    for operation in paths.values_mut().flat_map(|path| path.as_object_mut().unwrap().values_mut()) {
        let Some(answers) = operation.get_mut("responses").and_then(Value::as_object_mut) else {
            continue; // the parameters of a path
        };
        answers.remove("304");
        if answers.contains_key("200") || answers.contains_key("201") {
            answers.remove("204");
        }
    }
}

/// progenitor takes bodies of one media type only, and text only without rules. Batches are in JSON then, and long
/// queries are text.
fn leave_out_other_media(contract: &mut Value) {
    for part in ["requestBodies", "responses"] {
        for body in contract["components"][part].as_object_mut().unwrap().values_mut() {
            let Some(content) = body.get_mut("content").and_then(Value::as_object_mut) else {
                continue;
            };
            content.remove("multipart/mixed");
            if part == "requestBodies" && content.contains_key("text/plain") {
                content.retain(|media, _| media == "text/plain");
                content["text/plain"]["schema"] = json!({"type": "string"});
            }
        }
    }
}
