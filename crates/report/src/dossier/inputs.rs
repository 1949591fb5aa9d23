//! What all of it was read from, so that it can be checked.

use super::Section;
use crate::markdown::{code, row, table};
use std::fmt::Write;

/// Every input and table with its hash.
pub(super) fn inputs(text: &mut String, section: &Section<'_>) {
    let manifest = section.manifest;
    text.push_str("## Inputs\n\n");
    table(
        text,
        &[
            "What",
            "File",
            "Size (bytes)",
            "SHA-256",
            "Rows used",
            "Rows rejected",
        ],
    );
    let hash =
        |hash: Option<&String>| hash.map_or_else(|| "not computed".to_owned(), |hash| code(hash));
    for input in &manifest.inputs {
        row(
            text,
            &[
                "positions".to_owned(),
                code(&input.path),
                input.size.to_string(),
                hash(input.sha256.as_ref()),
                input.account.accepted.to_string(),
                input.account.rejected.to_string(),
            ],
        );
    }
    for table in &manifest.tables {
        row(
            text,
            &[
                crate::foreign::markdown(&table.role),
                code(&table.path),
                table
                    .size
                    .map_or_else(|| "-".to_owned(), |size| size.to_string()),
                hash(table.sha256.as_ref()),
                table.accepted.to_string(),
                table.rejected.to_string(),
            ],
        );
    }
    let _ = writeln!(
        text,
        "\nWritten by landfall {}. Every threshold in force is in manifest.json beside this file; every \
         event with its source rows is in the layers.",
        code(&manifest.version)
    );
}
